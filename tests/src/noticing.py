"""A desktop's notices, as far as programs see them: takes what they show, and clicks on what it is told to.

Reads lines from the standard input: "shown" answers with all notices, "click N" clicks on the one of this place.
"""
import json
import sys
import threading

from gi.repository import Gio, GLib

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
SERVER = """<node><interface name="org.freedesktop.Notifications">
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
<arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
<arg type="s" direction="out"/><arg type="s" direction="out"/></method>
<signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
<signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
</interface></node>"""

bus = Gio.bus_get_sync(Gio.BusType.SESSION)
shown = []


def called(_connection, _sender, _path, _interface, method, parameters, invocation):
    answer = None
    if method == "Notify":
        app, _, _, title, body, actions, _, _ = parameters.unpack()
        shown.append({"app": app, "title": title, "body": body, "actions": actions})
        answer = GLib.Variant("(u)", (len(shown),))
    elif method == "GetCapabilities":
        answer = GLib.Variant("(as)", (["actions", "body"],))
    elif method == "GetServerInformation":
        answer = GLib.Variant("(ssss)", ("test", "test", "1", "1.2"))
    invocation.return_value(answer)


def obey(line):
    if line.startswith("click "):
        clicked = GLib.Variant("(us)", (int(line[6:]) + 1, "default"))
        bus.emit_signal(None, PATH, NAME, "ActionInvoked", clicked)
    print(json.dumps(shown), flush=True)
    return False


def read():
    for line in sys.stdin:
        GLib.idle_add(obey, line.rstrip("\n"))
    GLib.idle_add(loop.quit)


loop = GLib.MainLoop()
bus.register_object(PATH, Gio.DBusNodeInfo.new_for_xml(SERVER).interfaces[0], called, None, None)
owned = lambda *_: print(json.dumps("ready"), flush=True)
Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, owned, None)
threading.Thread(target=read, daemon=True).start()
loop.run()
