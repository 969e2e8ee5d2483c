"""A desktop's tray, as far as programs see it: takes their icons, and chooses from their menus what it is told to.

Reads lines from the standard input: "menu" answers with the texts of the first icon's menu, "choose TEXT" chooses one.
"""
import json
import sys
import threading

from gi.repository import Gio, GLib

WATCHER = """<node><interface name="org.kde.StatusNotifierWatcher">
<method name="RegisterStatusNotifierItem"><arg name="service" type="s" direction="in"/></method>
<method name="RegisterStatusNotifierHost"><arg name="service" type="s" direction="in"/></method>
<property name="RegisteredStatusNotifierItems" type="as" access="read"/>
<property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
<property name="ProtocolVersion" type="i" access="read"/>
<signal name="StatusNotifierItemRegistered"><arg type="s"/></signal>
<signal name="StatusNotifierHostRegistered"/>
</interface></node>"""

bus = Gio.bus_get_sync(Gio.BusType.SESSION)
items = []


def called(_connection, sender, _path, _interface, method, parameters, invocation):
    if method == "RegisterStatusNotifierItem":
        (service,) = parameters.unpack()
        # Either its object's path, or the name of a bus where the object has the usual path.
        items.append((sender, service) if service.startswith("/") else (service, "/StatusNotifierItem"))
    invocation.return_value(None)


def asked(_connection, _sender, _path, _interface, name):
    return {
        "RegisteredStatusNotifierItems": GLib.Variant("as", [owner + path for owner, path in items]),
        "IsStatusNotifierHostRegistered": GLib.Variant("b", True),
        "ProtocolVersion": GLib.Variant("i", 0),
    }[name]


def call(owner, path, interface, method, parameters):
    return bus.call_sync(owner, path, interface, method, parameters, None, Gio.DBusCallFlags.NONE, 5000, None).unpack()


def menu():
    """The entries of the first icon's menu: text and number."""
    if not items:
        return None, {}
    owner, path = items[0]
    get = GLib.Variant("(ss)", ("org.kde.StatusNotifierItem", "Menu"))
    (place,) = call(owner, path, "org.freedesktop.DBus.Properties", "Get", get)
    layout = GLib.Variant("(iias)", (0, -1, []))
    _, (_, _, children) = call(owner, place, "com.canonical.dbusmenu", "GetLayout", layout)
    return (owner, place), {entry[1]["label"]: entry[0] for entry in children if "label" in entry[1]}


def obey(line):
    try:
        at, entries = menu()
        if line.startswith("choose "):
            event = (entries[line[7:]], "clicked", GLib.Variant("s", ""), 0)
            call(*at, "com.canonical.dbusmenu", "Event", GLib.Variant("(isvu)", event))
        print(json.dumps(list(entries)), flush=True)
    except (GLib.Error, KeyError) as error:
        print(json.dumps({"error": str(error)}), flush=True)
    return False


def read():
    for line in sys.stdin:
        GLib.idle_add(obey, line.rstrip("\n"))
    GLib.idle_add(loop.quit)


loop = GLib.MainLoop()
interface = Gio.DBusNodeInfo.new_for_xml(WATCHER).interfaces[0]
bus.register_object("/StatusNotifierWatcher", interface, called, asked, None)
owned = lambda *_: print(json.dumps("ready"), flush=True)
Gio.bus_own_name_on_connection(bus, "org.kde.StatusNotifierWatcher", Gio.BusNameOwnerFlags.NONE, owned, None)
threading.Thread(target=read, daemon=True).start()
loop.run()
