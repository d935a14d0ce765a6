# shellcheck shell=bash
# Files of key=value lines: the input of a step, the record of a release, the journals.

# entry FILE KEY: the value of the first line of KEY; nothing without one.
entry() { sed -n "/^$2=/{s/^[^=]*=//p;q}" "$1"; }
