package wire

import (
	"fmt"

	"osmanthus/care"
)

// Alert is one alert of one gateway.
type Alert struct {
	Boot        uint64
	Seq         uint64 // 1, 2, 3 … within the boot; apart from telemetry's
	TimeQuality care.TimeQuality
	Alert       care.Alert
}

type alertBody struct {
	header
	Seq         uint64        `cbor:"2,keyasint"`
	TimeQuality uint64        `cbor:"3,keyasint"`
	Episode     []byte        `cbor:"4,keyasint"`
	Kind        uint64        `cbor:"5,keyasint"`
	State       uint64        `cbor:"6,keyasint"`
	Priority    uint64        `cbor:"7,keyasint"`
	Resident    string        `cbor:"8,keyasint,omitempty"`
	Source      string        `cbor:"9,keyasint,omitempty"`
	Onset       int64         `cbor:"10,keyasint"`
	At          int64         `cbor:"11,keyasint"`
	Confidence  float64       `cbor:"12,keyasint"`
	Evidence    *evidenceBody `cbor:"13,keyasint,omitempty"`
	Place       string        `cbor:"14,keyasint,omitempty"`
}

type evidenceBody struct {
	Rule     string        `cbor:"1,keyasint,omitempty"`
	Metric   uint64        `cbor:"2,keyasint,omitempty"`
	Value    float64       `cbor:"3,keyasint"`
	Limit    float64       `cbor:"4,keyasint"`
	Features []featureBody `cbor:"5,keyasint,omitempty"`
	Hash     string        `cbor:"6,keyasint,omitempty"`
	Limits   []featureBody `cbor:"7,keyasint,omitempty"`
	Snippet  *snippetBody  `cbor:"8,keyasint,omitempty"`
}

type featureBody struct {
	Name  string  `cbor:"1,keyasint"`
	Value float64 `cbor:"2,keyasint"`
	Unit  string  `cbor:"3,keyasint,omitempty"`
}

const maxFeatures = 64

// EncodeAlert writes an alert; its times are cut to the millisecond.
func EncodeAlert(a Alert) ([]byte, error) {
	body := alertBody{
		header: header{Version, a.Boot}, Seq: a.Seq, TimeQuality: uint64(a.TimeQuality),
		Episode: a.Alert.Episode[:], Kind: uint64(a.Alert.Kind), State: uint64(a.Alert.State),
		Priority: uint64(a.Alert.Priority), Resident: string(a.Alert.Resident), Source: string(a.Alert.Source), Place: a.Alert.Place,
		Onset: millis(a.Alert.Onset), At: millis(a.Alert.At), Confidence: a.Alert.Confidence,
		Evidence: &evidenceBody{
			Rule: a.Alert.Evidence.Rule, Metric: uint64(a.Alert.Evidence.Metric),
			Value: a.Alert.Evidence.Value, Limit: a.Alert.Evidence.Limit, Hash: a.Alert.Evidence.Hash,
		},
	}
	for _, f := range a.Alert.Evidence.Features {
		body.Evidence.Features = append(body.Evidence.Features, featureBody(f))
	}
	for _, l := range a.Alert.Evidence.Limits {
		body.Evidence.Limits = append(body.Evidence.Limits, featureBody(l))
	}
	var err error
	if body.Evidence.Snippet, err = newSnippetBody(a.Alert.Evidence.Snippet); err != nil {
		return nil, err
	}
	if err := body.check(); err != nil {
		return nil, err
	}
	b, err := encMode.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("wire: encoding an alert: %w", err)
	}
	return b, nil
}

// DecodeAlert reads an alert. Kinds, states and priorities that are newer than
// this reader are carried as their numbers.
func DecodeAlert(b []byte) (Alert, error) {
	var body alertBody
	if err := decode("alert", b, &body); err != nil {
		return Alert{}, err
	}
	if err := body.check(); err != nil {
		return Alert{}, err
	}
	a := Alert{Boot: body.Boot, Seq: body.Seq, TimeQuality: care.TimeQuality(body.TimeQuality), Alert: care.Alert{
		Kind: care.Kind(body.Kind), State: care.State(body.State), Priority: care.Priority(body.Priority),
		Resident: care.ResidentID(body.Resident), Source: care.SourceID(body.Source), Place: body.Place,
		Onset: fromMillis(body.Onset), At: fromMillis(body.At), Confidence: body.Confidence,
	}}
	copy(a.Alert.Episode[:], body.Episode)
	if e := body.Evidence; e != nil {
		a.Alert.Evidence = care.Evidence{Rule: e.Rule, Hash: e.Hash, Metric: care.Metric(e.Metric), Value: e.Value, Limit: e.Limit}
		for _, f := range e.Features {
			a.Alert.Evidence.Features = append(a.Alert.Evidence.Features, care.Feature(f))
		}
		for _, l := range e.Limits {
			a.Alert.Evidence.Limits = append(a.Alert.Evidence.Limits, care.Feature(l))
		}
		var err error
		if a.Alert.Evidence.Snippet, err = e.Snippet.snippet(); err != nil {
			return Alert{}, err
		}
	}
	return a, nil
}

func (body *alertBody) check() error {
	const what = "alert"
	switch {
	case body.Boot == 0 || body.Seq == 0:
		return malformed(what, "no boot or no sequence number")
	case len(body.Episode) != len(care.Episode{}):
		return malformed(what, "an episode of %d bytes", len(body.Episode))
	case body.Kind == 0 || body.Kind > 255, body.State == 0 || body.State > 255, body.Priority == 0 || body.Priority > 255:
		return malformed(what, "kind %d, state %d or priority %d", body.Kind, body.State, body.Priority)
	case !(body.Confidence >= 0 && body.Confidence <= 1):
		return malformed(what, "confidence %v, 0 to 1", body.Confidence)
	}
	if err := checkTimeQuality(what, body.TimeQuality); err != nil {
		return err
	}
	if err := checkTime(what, "onset", body.Onset); err != nil {
		return err
	}
	if err := checkTime(what, "time", body.At); err != nil {
		return err
	}
	if err := checkID(what, "resident", body.Resident, true); err != nil {
		return err
	}
	if err := checkID(what, "source", body.Source, true); err != nil {
		return err
	}
	if body.Place != "" && !ValidPlace(body.Place) {
		return malformed(what, "place %q is not a short name", clip(body.Place))
	}
	return body.Evidence.check()
}

func (e *evidenceBody) check() error {
	const what = "alert"
	if e == nil {
		return nil
	}
	if len(e.Rule) > maxText || len(e.Hash) > maxText || e.Metric > 65535 || len(e.Features) > maxFeatures || len(e.Limits) > maxFeatures || !finite(e.Value) || !finite(e.Limit) {
		return malformed(what, "evidence with a rule of %d bytes, metric %d, %d features, value %v, limit %v",
			len(e.Rule), e.Metric, len(e.Features), e.Value, e.Limit)
	}
	for _, list := range [...][]featureBody{e.Features, e.Limits} {
		for _, f := range list {
			if len(f.Name) > maxText || len(f.Unit) > maxText || !finite(f.Value) {
				return malformed(what, "feature %q with value %v", clip(f.Name), f.Value)
			}
		}
	}
	return e.Snippet.check()
}
