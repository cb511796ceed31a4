// Package bluez is the machine's own Bluetooth adapter, by BlueZ over D-Bus: it
// hears advertisements, connects, pairs, reads and subscribes.
//
// Every call has a deadline, and what counts is the state that BlueZ reports when
// it is asked: signals only shorten the waiting, since one that gets lost must
// not hold up anything. What BlueZ does not finish is cancelled, so that a
// failed connect leaves nothing behind. bluetoothd may be restarted and the
// adapter unplugged at any time: Scan says so by an error, connections end, and
// the next Scan begins anew.
//
// Advertisements come as PropertiesChanged signals, several thousand a second
// where many tags are. The library that speaks D-Bus for us allocates some
// dozen kilobytes for each, so these are taken out of the stream before it sees
// them, and read in place.
//
// BlueZ joins what it hears of one device while it is busy into one signal, and
// does not say whether a device can be connected to: all are called connectable.
//
// # Rights
//
// Scanning and connecting want the group bluetooth (Debian's D-Bus policy), or
// root. Of the rungs, resetting the hardware wants to write to /sys, so root or a
// udev rule, and restarting bluetoothd a polkit rule that allows
// org.freedesktop.systemd1.manage-units for its unit. A rung without its right is
// an error that says so, and the next one follows.
package bluez
