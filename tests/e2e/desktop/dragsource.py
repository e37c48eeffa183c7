"""A window of another program from which a file can be dragged. Prints `ready` when it is on the screen.

    dragsource.py FILE X Y
"""

import pathlib
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, GLib, Gtk

uri = pathlib.Path(sys.argv[1]).absolute().as_uri()
window = Gtk.Window(type=Gtk.WindowType.POPUP)
box = Gtk.EventBox()
box.add(Gtk.Label(label="drag me"))
box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
box.drag_source_add_uri_targets()
box.connect("drag-data-get", lambda _box, _context, selection, _info, _time: selection.set_uris([uri]))
window.add(box)
window.set_default_size(140, 100)
window.move(int(sys.argv[2]), int(sys.argv[3]))
window.show_all()
GLib.idle_add(lambda: print("ready", flush=True))
Gtk.main()
