"""The auditor's reading room: the log searched, checked, replayed, and carried away."""
