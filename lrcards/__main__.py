"""`python -m lrcards`."""

from lrcards.cli import main

if __name__ == "__main__":
    main()
