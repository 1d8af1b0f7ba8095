"""The checklist itself: items with their days, reports, evidence, signatures and reviews."""
