"""The county itself: its units and posts, its people, and the register that brings them in."""
