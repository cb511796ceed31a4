package senml

import (
	"encoding/base64"
	"math"

	"github.com/fxamacker/cbor/v2"
)

// decMode takes what RFC 8949 calls well-formed and valid, without tags and
// within our limits.
var decMode = func() cbor.DecMode {
	m, err := cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, TagsMd: cbor.TagsForbidden, UTF8: cbor.UTF8RejectInvalid,
		MaxNestedLevels: 16, MaxArrayElements: MaxRecords, MaxMapPairs: 64,
	}.DecMode()
	if err != nil {
		panic(err)
	}
	return m
}()

// ParseCBOR reads a pack in CBOR, by the labels of section 6.
func ParseCBOR(b []byte) ([]Record, error) {
	if len(b) > MaxBytes {
		return nil, malformed("%d bytes, at most %d are read", len(b), MaxBytes)
	}
	var fields []map[any]any
	if err := decMode.Unmarshal(b, &fields); err != nil {
		return nil, malformed("%v", err)
	}
	if len(fields) == 0 {
		return nil, malformed("0 records")
	}
	pack := make([]Record, len(fields))
	for i, f := range fields {
		for label, v := range f {
			if err := pack[i].set(label, v); err != nil {
				return nil, err
			}
		}
	}
	return pack, nil
}

// set takes a field by its label; one that is not known is passed over, unless
// it says that it must be understood.
func (r *Record) set(label, v any) error {
	n, ok := integer(label)
	if !ok {
		if s, isText := label.(string); isText && mustUnderstand(s) {
			return malformed("the label %q is not understood", clip(s))
		}
		return nil
	}
	switch n {
	case -1:
		return put(&r.BaseVersion, v, n)
	case -2:
		return putText(&r.BaseName, v, n)
	case -3:
		return put(&r.BaseTime, v, n)
	case -4:
		return putText(&r.BaseUnit, v, n)
	case -5:
		return put(&r.BaseValue, v, n)
	case -6:
		return put(&r.BaseSum, v, n)
	case 0:
		return putText(&r.Name, v, n)
	case 1:
		return putText(&r.Unit, v, n)
	case 2:
		return put(&r.Value, v, n)
	case 3:
		return putText(&r.String, v, n)
	case 4:
		on, ok := v.(bool)
		if !ok {
			return malformed("label 4 is %T", v)
		}
		r.Bool = &on
	case 5:
		return put(&r.Sum, v, n)
	case 6:
		return put(&r.Time, v, n)
	case 7:
		return put(&r.Update, v, n)
	case 8:
		b, ok := v.([]byte)
		if !ok {
			return malformed("label 8 is %T", v)
		}
		s := base64.RawURLEncoding.EncodeToString(b)
		r.Data = &s
	}
	return nil
}

func integer(v any) (int64, bool) {
	switch n := v.(type) {
	case int64:
		return n, true
	case uint64:
		return int64(min(n, math.MaxInt64)), true
	}
	return 0, false
}

func put(to **float64, v any, label int64) error {
	var f float64
	switch n := v.(type) {
	case float64:
		f = n
	case uint64:
		f = float64(n)
	case int64:
		f = float64(n)
	default:
		return malformed("label %d is %T, not a number", label, v)
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return malformed("label %d is %v", label, f)
	}
	*to = &f
	return nil
}

func putText(to **string, v any, label int64) error {
	s, ok := v.(string)
	if !ok {
		return malformed("label %d is %T, not text", label, v)
	}
	*to = &s
	return nil
}
