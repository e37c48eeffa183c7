"""Another program that has copied a text. Prints `ready` when it can be pasted, and keeps it until it ends.

    clipboard.py TEXT
"""

import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, GLib, Gtk

Gtk.init([])
Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD).set_text(sys.argv[1], -1)
GLib.idle_add(lambda: print("ready", flush=True))
Gtk.main()
