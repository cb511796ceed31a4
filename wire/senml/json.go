package senml

import (
	"encoding/json"
)

// ParseJSON reads a pack in JSON.
func ParseJSON(b []byte) ([]Record, error) {
	if len(b) > MaxBytes {
		return nil, malformed("%d bytes, at most %d are read", len(b), MaxBytes)
	}
	var fields []map[string]json.RawMessage
	if err := json.Unmarshal(b, &fields); err != nil {
		return nil, malformed("%v", err)
	}
	if len(fields) == 0 || len(fields) > MaxRecords {
		return nil, malformed("%d records", len(fields))
	}
	for _, f := range fields {
		for label := range f {
			if mustUnderstand(label) {
				return nil, malformed("the label %q is not understood", clip(label))
			}
		}
	}
	pack := make([]Record, 0, len(fields))
	if err := json.Unmarshal(b, &pack); err != nil {
		return nil, malformed("%v", err)
	}
	return pack, nil
}
