"""What `python -m checklist.reading` runs: the child that reads."""

from checklist.files.child import main

main()
