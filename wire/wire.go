// Package wire is what crosses the network: CBOR messages by wire.cddl, and
// the topics that carry them. It is append-only: what version 1 wrote must
// decode for ever, and keys that a reader does not know are passed over.
package wire

import (
	"errors"
	"fmt"
	"math"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"

	"osmanthus/care"
)

// Version is the version of the schema that this package writes.
const Version = 1

// Limits of a message. What is larger is refused before it is decoded.
const (
	MaxMessage  = 256 << 10 // bytes
	MaxReadings = 32 << 10  // readings of one telemetry batch
	maxID       = 64        // bytes of a pseudonym
	maxText     = 256       // bytes of any other string
)

// ErrMalformed is wrapped by every error of a Decode function: the bytes are at
// fault, and will be so at the next try.
var ErrMalformed = errors.New("malformed message")

func malformed(what string, format string, args ...any) error {
	return fmt.Errorf("wire: %s: %w: %s", what, ErrMalformed, fmt.Sprintf(format, args...))
}

// encMode writes the deterministic encoding of RFC 8949 §4.2.1.
var encMode = must(cbor.CoreDetEncOptions().EncMode())

// decMode is strict about what is malformed and tolerant of keys to come.
var decMode = must(cbor.DecOptions{
	DupMapKey:        cbor.DupMapKeyEnforcedAPF,
	IndefLength:      cbor.IndefLengthForbidden,
	TagsMd:           cbor.TagsForbidden,
	UTF8:             cbor.UTF8RejectInvalid,
	IntDec:           cbor.IntDecConvertNone,
	MaxNestedLevels:  8,
	MaxArrayElements: MaxReadings,
	MaxMapPairs:      1024,
}.DecMode())

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// header opens every message.
type header struct {
	Version uint64 `cbor:"0,keyasint"`
	Boot    uint64 `cbor:"1,keyasint,omitempty"`
}

// decode checks size and version before it fills v.
func decode(what string, b []byte, v any) error {
	if len(b) > MaxMessage {
		return malformed(what, "%d bytes, at most %d are read", len(b), MaxMessage)
	}
	var h header
	if err := decMode.Unmarshal(b, &h); err != nil {
		return malformed(what, "%v", err)
	}
	if h.Version == 0 {
		return malformed(what, "no version")
	}
	if err := decMode.Unmarshal(b, v); err != nil {
		return malformed(what, "%v", err)
	}
	return nil
}

func checkID[T ~string](what, field string, id T, mayBeEmpty bool) error {
	if id == "" && mayBeEmpty {
		return nil
	}
	if !ValidID(string(id)) {
		return malformed(what, "%s %q is not 1 to %d letters, digits, '-', '_' or '.'", field, clip(string(id)), maxID)
	}
	return nil
}

// ValidID reports whether s can be a pseudonym: 1 to 64 ASCII letters, digits,
// '-', '_' or '.'. So it can stand in a topic, a tag and a file name.
func ValidID(s string) bool {
	if len(s) == 0 || len(s) > maxID {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return true
}

// ValidPlace reports whether s can name a place of a home: 1 to 64 bytes of
// printable UTF-8, in any script, without quotation marks and backslashes. It
// is shown to people, and says nothing of who lives there.
func ValidPlace(s string) bool {
	if len(s) == 0 || len(s) > maxID || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if !unicode.IsPrint(r) || r == '"' || r == '\\' {
			return false
		}
	}
	return true
}

func clip(s string) string {
	if len(s) > maxID {
		return s[:maxID] + "…"
	}
	return s
}

func millis(t time.Time) int64 { return t.UnixMilli() }

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// Times outside of these years are malformed: no arithmetic on them overflows.
const (
	minMillis = -62135596800000 // year 1
	maxMillis = 253402300799000 // year 9999
)

func checkTime(what, field string, ms int64) error {
	if ms < minMillis || ms > maxMillis {
		return malformed(what, "%s lies outside of the years 1 to 9999", field)
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func checkTimeQuality(what string, q uint64) error {
	if q > uint64(care.TimeSynced) {
		return malformed(what, "time quality %d", q)
	}
	return nil
}
