package api

import "time"

// Quarantined is a message that ingest could not accept, kept with the reason.
type Quarantined struct {
	ID         int64      `json:"id"`
	At         time.Time  `json:"at"`
	Gateway    string     `json:"gateway"`
	Topic      string     `json:"topic"`
	Reason     string     `json:"reason"`
	Bytes      int        `json:"bytes" doc:"Length of the message"`
	ReplayedAt *time.Time `json:"replayed_at,omitempty"`
}
