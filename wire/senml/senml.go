// Package senml reads SenML packs (RFC 8428) in JSON and CBOR, as third-party
// gateways send them, and resolves them by the rules of its section 4.6.
package senml

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// Limits of a pack.
const (
	MaxBytes   = 64 << 10
	MaxRecords = 4096

	version = 10 // of RFC 8428: a pack of a later version is refused
	// absolute is the time from which a number counts from 1970; a smaller one
	// counts from now.
	absolute = 1 << 28
)

// ErrMalformed is wrapped by every error of this package: the pack is at fault.
var ErrMalformed = errors.New("senml: malformed pack")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

// Record is one record as it stands in a pack. Fields that are nil are not
// there.
type Record struct {
	BaseVersion *float64 `json:"bver,omitempty"`
	BaseName    *string  `json:"bn,omitempty"`
	BaseTime    *float64 `json:"bt,omitempty"` // s
	BaseUnit    *string  `json:"bu,omitempty"`
	BaseValue   *float64 `json:"bv,omitempty"`
	BaseSum     *float64 `json:"bs,omitempty"`
	Name        *string  `json:"n,omitempty"`
	Unit        *string  `json:"u,omitempty"`
	Value       *float64 `json:"v,omitempty"`
	String      *string  `json:"vs,omitempty"`
	Bool        *bool    `json:"vb,omitempty"`
	Data        *string  `json:"vd,omitempty"` // base64url without padding
	Sum         *float64 `json:"s,omitempty"`
	Time        *float64 `json:"t,omitempty"`  // s
	Update      *float64 `json:"ut,omitempty"` // s until the next
}

// Resolved is a record that stands by itself.
type Resolved struct {
	Name string `json:"n"`
	Unit string `json:"u,omitempty"`
	// Time is in s since 1970; where Relative is set, in s from the reception.
	Time     float64  `json:"-"`
	Relative bool     `json:"-"`
	Value    *float64 `json:"v,omitempty"`
	String   *string  `json:"vs,omitempty"`
	Bool     *bool    `json:"vb,omitempty"`
	Data     *string  `json:"vd,omitempty"`
	Sum      *float64 `json:"s,omitempty"`
	Update   *float64 `json:"ut,omitempty"`
}

// Resolve resolves a pack: base fields hold from their record on until others
// come. Records that hold base fields only come to nothing.
func Resolve(pack []Record) ([]Resolved, error) {
	out := []Resolved{}
	var base Record
	for i := range pack {
		r := &pack[i]
		if err := base.take(r); err != nil {
			return nil, fmt.Errorf("record %d: %w", i, err)
		}
		one, ok, err := base.resolve(r)
		if err != nil {
			return nil, fmt.Errorf("record %d: %w", i, err)
		}
		if ok {
			out = append(out, one)
		}
	}
	return out, nil
}

// take makes the base fields of r those of what follows.
func (base *Record) take(r *Record) error {
	if v := r.BaseVersion; v != nil {
		switch {
		case *v > version || *v < 1 || *v != math.Trunc(*v):
			return malformed("version %v is not read", *v)
		case base.BaseVersion != nil && *base.BaseVersion != *v:
			return malformed("version %v after %v", *v, *base.BaseVersion)
		}
		base.BaseVersion = v
	}
	for _, f := range [...]struct{ to, from **float64 }{{&base.BaseTime, &r.BaseTime}, {&base.BaseValue, &r.BaseValue}, {&base.BaseSum, &r.BaseSum}} {
		if *f.from != nil {
			*f.to = *f.from
		}
	}
	for _, f := range [...]struct{ to, from **string }{{&base.BaseName, &r.BaseName}, {&base.BaseUnit, &r.BaseUnit}} {
		if *f.from != nil {
			*f.to = *f.from
		}
	}
	return nil
}

func (base *Record) resolve(r *Record) (out Resolved, ok bool, err error) {
	values := 0
	for _, there := range [...]bool{r.Value != nil, r.String != nil, r.Bool != nil, r.Data != nil} {
		if there {
			values++
		}
	}
	if values > 1 {
		return out, false, malformed("several values")
	}
	own := r.Name != nil || r.Unit != nil || r.Time != nil || r.Update != nil
	if values == 0 && r.Sum == nil && !(own && (r.BaseSum != nil || r.BaseValue != nil)) {
		if own {
			return out, false, malformed("no value")
		}
		return out, false, nil
	}
	out = Resolved{Name: text(base.BaseName) + text(r.Name), Unit: text(base.BaseUnit), String: r.String, Bool: r.Bool, Data: r.Data, Update: r.Update}
	if r.Unit != nil {
		out.Unit = *r.Unit
	}
	if !validName(out.Name) {
		return out, false, malformed("the name %q", clip(out.Name))
	}
	if r.Value != nil || values == 0 && r.BaseValue != nil {
		out.Value = sum(base.BaseValue, r.Value)
	}
	if r.Sum != nil || values == 0 && r.BaseSum != nil {
		out.Sum = sum(base.BaseSum, r.Sum)
	}
	out.Time = *sum(base.BaseTime, r.Time)
	out.Relative = math.Abs(out.Time) < absolute
	return out, true, out.check()
}

func (o *Resolved) check() error {
	for _, v := range [...]*float64{o.Value, o.Sum, o.Update, &o.Time} {
		if v != nil && (math.IsNaN(*v) || math.IsInf(*v, 0)) {
			return malformed("a number that is none")
		}
	}
	return nil
}

// sum adds what is there; a field that is missing counts as 0.
func sum(a, b *float64) *float64 {
	v := 0.0
	for _, x := range [...]*float64{a, b} {
		if x != nil {
			v += *x
		}
	}
	return &v
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// validName holds the characters of section 4.5.1: the first is a letter or a
// digit.
func validName(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		c := s[i]
		alnum := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !alnum && (i == 0 || !strings.ContainsRune("-:./_", rune(c))) {
			return false
		}
	}
	return true
}

func clip(s string) string {
	if len(s) > 64 {
		return s[:64] + "…"
	}
	return s
}

// mustUnderstand reports a label that may not be passed over: one that ends in
// an underscore.
func mustUnderstand(label string) bool { return strings.HasSuffix(label, "_") }
