"""The checklist itself: items with their days, reports, evidence, signatures and reviews."""

LONGEST_TEXT = 2000  # characters of a note, a reply or a reason
LONGEST_DOCUMENT_NO = 120  # characters
