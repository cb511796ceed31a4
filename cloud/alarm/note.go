package alarm

// note takes a quiet event: a note to be read some day, or a short pause of
// breathing. It is on record, and over at once: it rings nowhere, and nobody has
// to answer it. What a gateway says of a note later changes nothing; a pause
// that goes on comes again with a higher priority, and opens.
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

// quiet reports whether an event is one of a gateway that is to ring nowhere.
func (e Event) quiet() bool {
	return (e.What == Suspect || e.What == Confirm || e.What == Clear) && e.Alert != nil && e.Alert.Quiet()
}

// Note reports whether it is a note, which was never an alarm.
func (a *Alarm) Note() bool { return a.Alert.Kind.Note() }
