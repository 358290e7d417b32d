"""Where lines, rows and bodies from outside become events and customers, or a reason that a person can act on."""
