"""What `python -m checklist.reading` runs: the child that reads."""

from checklist.reading import main

main()
