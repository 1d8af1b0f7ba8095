"""Run the child that reads: `python -m checklist.files.child tables` or `text`."""

from checklist.files.child import main

main()
