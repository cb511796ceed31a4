// Package alarm decides how an alarm lives: suspected, raised, acknowledged,
// on site, closed; who did what, when and where.
//
// Alarm is a pure state machine over a log of events; the log alone makes it
// again. Service keeps the logs in a store and is the one who applies events,
// so that of two people who act at once one wins and the other learns who.
//
// Alarms about a person latch: their gateway may say that the condition is
// over, and only a person closes them. Technical alarms close when their cause
// is gone. What an old, late or repeated message says never quiets anything.
// Terms are designed with reference to IEC 60601-1-8.
package alarm
