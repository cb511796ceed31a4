package alarm

// note takes an event about a note: something to be read some day. It is on
// record, and over at once: it rings nowhere, and nobody has to answer it.
// What a gateway says of it later changes nothing.
func (a *Alarm) note(e Event) bool {
	if a.State != None {
		return false
	}
	a.learn(*e.Alert)
	a.Confirmed = e.What == Confirm
	a.EndedAt, a.endDecided = e.At, e.Alert.At
	a.end(e, Cleared)
	return true
}

// aboutNote reports whether an event is one of a gateway about a note.
func (e Event) aboutNote() bool {
	return (e.What == Suspect || e.What == Confirm || e.What == Clear) && e.Alert != nil && e.Alert.Kind.Note()
}

// Note reports whether it is a note, which was never an alarm.
func (a *Alarm) Note() bool { return a.Alert.Kind.Note() }
