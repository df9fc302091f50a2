"""`python -m disclosure`: disclosure control for anybody's tables and records."""

from disclosure.commands.app import main

if __name__ == "__main__":
    main()
