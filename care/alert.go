package care

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"
)

// Priority follows the three of IEC 60601-1-8: how soon harm would come.
type Priority uint8

const (
	Low Priority = iota + 1
	Medium
	High
)

// String returns "low", "medium" or "high".
func (p Priority) String() string {
	switch p {
	case Low:
		return "low"
	case Medium:
		return "medium"
	case High:
		return "high"
	}
	return unknown("priority", uint64(p))
}

// State is where an episode stands, as the gateway sees it.
type State uint8

const (
	// Suspected: something may have happened; nobody is called yet.
	Suspected State = iota + 1
	// Confirmed: people are called.
	Confirmed
	// Cleared: the condition is over, or the suspicion was dropped. A clear
	// never closes an alarm about a person: only a person does.
	Cleared
)

// String returns "suspected", "confirmed" or "cleared".
func (s State) String() string {
	switch s {
	case Suspected:
		return "suspected"
	case Confirmed:
		return "confirmed"
	case Cleared:
		return "cleared"
	}
	return unknown("state", uint64(s))
}

// Alert is one step of one episode: a fall that is suspected, then confirmed,
// is two alerts with the same Episode.
type Alert struct {
	Episode    Episode
	Kind       Kind
	State      State
	Priority   Priority
	Resident   ResidentID
	Source     SourceID
	Place      string    // what the home calls where the source is, "kitchen"; no detector knows it
	Onset      time.Time // when it began: the impact, the first value over the limit
	At         time.Time // when it was decided
	Confidence float64   // 0 to 1: how sure the detector is
	Evidence   Evidence
}

// Quiet reports whether an alert is written down and rings nowhere, with nobody
// to answer it: a note, or a short pause of breathing, of which every sleeper
// has some. A pause that goes on becomes an alert of a higher priority, and
// that one rings.
func (a Alert) Quiet() bool { return a.Kind.Note() || a.Kind == Apnoea && a.Priority <= Low }

// Evidence is why a detector says so: enough for a nurse to believe it and for
// an engineer to find the mistake.
type Evidence struct {
	Rule     string  // the rule and its version, "fall/1"
	Hash     string  // hexadecimal, of the rule with its limits and its model; "" where the rule has none
	Metric   Metric  // the metric that crossed its limit, 0 where none did
	Value    float64 // in the metric's unit
	Limit    float64 // in the metric's unit
	Features []Feature
	Limits   []Feature // what else the rule compares with, by name
	Snippet  *Snippet  // the signal around it, nil where there is none; nobody changes it any more
	// Clock is how the gateway's clock stood: the name of a TimeQuality. Only
	// who receives the alert knows; "" before that.
	Clock string
}

// Feature is one number that a detector looked at, with its UCUM unit.
type Feature struct {
	Name  string
	Value float64
	Unit  string
}

// Episode identifies one occurrence: the same trace gives the same episodes.
type Episode [16]byte

// NewEpisode derives the id of an episode from what happened, where and when.
func NewEpisode(kind Kind, resident ResidentID, source SourceID, metric Metric, onset time.Time) Episode {
	h := sha256.New()
	var fixed [16]byte
	fixed[0] = byte(kind)
	binary.BigEndian.PutUint16(fixed[2:], uint16(metric))
	binary.BigEndian.PutUint64(fixed[8:], uint64(onset.UnixNano()))
	h.Write(fixed[:])
	h.Write([]byte(resident))
	h.Write([]byte{0})
	h.Write([]byte(source))
	var e Episode
	copy(e[:], h.Sum(nil))
	return e
}

// String returns the episode as 32 hexadecimal digits.
func (e Episode) String() string { return hex.EncodeToString(e[:]) }

// ParseEpisode reads what String wrote.
func ParseEpisode(s string) (Episode, error) {
	var e Episode
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(e) {
		return e, fmt.Errorf("care: episode %q is not 32 hexadecimal digits", s)
	}
	copy(e[:], b)
	return e, nil
}

func unknown(what string, n uint64) string { return fmt.Sprintf("%s-%d", what, n) }
