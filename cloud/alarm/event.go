package alarm

import (
	"time"

	"osmanthus/care"
)

// State is where an alarm stands.
type State uint8

const (
	// None: nothing is known yet; an alarm before its first event.
	None State = iota
	// Suspected: shown, does not ring.
	Suspected
	// Raised: rings at every station until somebody takes it.
	Raised
	// Acknowledged: somebody is on the way.
	Acknowledged
	// OnSite: somebody is with the person.
	OnSite
	// Closed: over.
	Closed
)

var stateNames = [...]string{"none", "suspected", "raised", "acknowledged", "on_site", "closed"}

// String returns the state's name, as in "on_site".
func (s State) String() string { return stateNames[s] }

// What says what happened to an alarm.
type What uint8

const (
	Suspect     What = iota + 1 // a gateway suspects
	Confirm                     // a gateway is sure
	Clear                       // a gateway says that the condition is over
	Acknowledge                 // a person takes it over
	Arrive                      // a person is on site
	Close                       // a person ends it
	Display                     // a station has shown it
	Overdue                     // nobody came within the time that the alert asks for
)

var whatNames = [...]string{"", "suspect", "confirm", "clear", "acknowledge", "arrive", "close", "display", "overdue"}

// String returns the event's name.
func (w What) String() string { return whatNames[w] }

// ActorKind says what sort of actor made an event.
type ActorKind string

const (
	Gateway ActorKind = "gateway"
	Person  ActorKind = "person"
	System  ActorKind = "system" // the cloud itself
)

// Resolution says what an alarm turned out to be.
type Resolution string

const (
	Helped     Resolution = "helped"
	FalseAlarm Resolution = "false_alarm"
	Test       Resolution = "test"
	Other      Resolution = "other"
	// Cleared: the cause of a technical alarm is gone, or a suspicion was
	// dropped. Nobody but a gateway or the system closes with it.
	Cleared Resolution = "cleared"
)

// Event is one thing that happens to an alarm. Its actor and time are always
// known.
type Event struct {
	What    What
	At      time.Time // when the cloud learned it, to the millisecond
	Actor   string    // a person's name, a gateway's id, or "cloud"
	By      ActorKind
	Station string // of a person: where it was done
	Note    string

	Resolution Resolution  // of Close
	Override   string      // of Close: why without proof of presence
	Proof      string      // of Close: what proved presence: "button", "nfc", "badge"
	Alert      *care.Alert // of Suspect, Confirm and Clear
}
