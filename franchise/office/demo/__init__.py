"""A made-up brand on the real map: files for trying the program out, and how they were made.

`python -m franchise.office.demo.make` writes files/ anew, always the same; `manage.py demo` takes
them in by the commands and actions that everybody uses.
"""
