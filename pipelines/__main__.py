"""`python -m pipelines`: the command line of the identified side."""

from pipelines.commands.app import main

if __name__ == "__main__":
    main()
