package alarm

import (
	"encoding/json"
	"fmt"
	"time"

	"osmanthus/care"
)

// record is how an event stands in the log. Keys are only ever added.
type record struct {
	What       What         `json:"what"`
	At         time.Time    `json:"at"`
	Actor      string       `json:"actor"`
	By         ActorKind    `json:"by"`
	Station    string       `json:"station,omitempty"`
	Note       string       `json:"note,omitempty"`
	Resolution Resolution   `json:"resolution,omitempty"`
	Override   string       `json:"override,omitempty"`
	Proof      string       `json:"proof,omitempty"`
	Alert      *alertRecord `json:"alert,omitempty"`
}

type alertRecord struct {
	Episode    string          `json:"episode"`
	Kind       care.Kind       `json:"kind"`
	State      care.State      `json:"state"`
	Priority   care.Priority   `json:"priority"`
	Resident   care.ResidentID `json:"resident,omitempty"`
	Source     care.SourceID   `json:"source,omitempty"`
	Place      string          `json:"place,omitempty"`
	Onset      time.Time       `json:"onset"`
	At         time.Time       `json:"at"`
	Confidence float64         `json:"confidence"`
	Rule       string          `json:"rule,omitempty"`
	Metric     care.Metric     `json:"metric,omitempty"`
	Value      float64         `json:"value,omitempty"`
	Limit      float64         `json:"limit,omitempty"`
	Features   []featureRecord `json:"features,omitempty"`
	Hash       string          `json:"hash,omitempty"`
	Limits     []featureRecord `json:"limits,omitempty"`
	Snippet    *snippetRecord  `json:"snippet,omitempty"`
	Clock      string          `json:"clock,omitempty"`
}

type snippetRecord struct {
	Kind     care.BlockKind  `json:"kind,omitempty"`
	Metric   care.Metric     `json:"metric,omitempty"`
	Start    time.Time       `json:"start"`
	Rate     float64         `json:"rate,omitempty"`
	Offsets  []uint32        `json:"offsets,omitempty"`
	Channels []channelRecord `json:"channels"`
}

type channelRecord struct {
	Zero   float64 `json:"zero,omitempty"`
	Scale  float64 `json:"scale"`
	Counts []int16 `json:"counts"`
}

type featureRecord struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit,omitempty"`
}

func encode(e Event) ([]byte, error) {
	r := record{e.What, e.At, e.Actor, e.By, e.Station, e.Note, e.Resolution, e.Override, e.Proof, nil}
	if a := e.Alert; a != nil {
		r.Alert = &alertRecord{Episode: a.Episode.String(), Kind: a.Kind, State: a.State, Priority: a.Priority,
			Resident: a.Resident, Source: a.Source, Place: a.Place, Onset: a.Onset, At: a.At, Confidence: a.Confidence,
			Rule: a.Evidence.Rule, Metric: a.Evidence.Metric, Value: a.Evidence.Value, Limit: a.Evidence.Limit, Hash: a.Evidence.Hash, Clock: a.Evidence.Clock}
		for _, f := range a.Evidence.Features {
			r.Alert.Features = append(r.Alert.Features, featureRecord(f))
		}
		for _, l := range a.Evidence.Limits {
			r.Alert.Limits = append(r.Alert.Limits, featureRecord(l))
		}
		if s := a.Evidence.Snippet; s != nil {
			r.Alert.Snippet = &snippetRecord{Kind: s.Kind, Metric: s.Metric, Start: s.Start, Rate: s.Rate, Offsets: s.Offsets}
			for _, c := range s.Channels {
				r.Alert.Snippet.Channels = append(r.Alert.Snippet.Channels, channelRecord(c))
			}
		}
	}
	b, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("alarm: encoding an event: %w", err)
	}
	return b, nil
}

func decode(b []byte) (Event, error) {
	var r record
	if err := json.Unmarshal(b, &r); err != nil {
		return Event{}, fmt.Errorf("alarm: decoding an event: %w", err)
	}
	e := Event{r.What, r.At, r.Actor, r.By, r.Station, r.Note, r.Resolution, r.Override, r.Proof, nil}
	if a := r.Alert; a != nil {
		e.Alert = &care.Alert{Kind: a.Kind, State: a.State, Priority: a.Priority, Resident: a.Resident,
			Source: a.Source, Place: a.Place, Onset: a.Onset, At: a.At, Confidence: a.Confidence,
			Evidence: care.Evidence{Rule: a.Rule, Metric: a.Metric, Value: a.Value, Limit: a.Limit, Hash: a.Hash, Clock: a.Clock}}
		var err error
		if e.Alert.Episode, err = care.ParseEpisode(a.Episode); err != nil {
			return Event{}, fmt.Errorf("alarm: decoding an event: %w", err)
		}
		for _, f := range a.Features {
			e.Alert.Evidence.Features = append(e.Alert.Evidence.Features, care.Feature(f))
		}
		for _, l := range a.Limits {
			e.Alert.Evidence.Limits = append(e.Alert.Evidence.Limits, care.Feature(l))
		}
		if s := a.Snippet; s != nil {
			e.Alert.Evidence.Snippet = &care.Snippet{Kind: s.Kind, Metric: s.Metric, Start: s.Start, Rate: s.Rate, Offsets: s.Offsets}
			for _, c := range s.Channels {
				e.Alert.Evidence.Snippet.Channels = append(e.Alert.Evidence.Snippet.Channels, care.SnippetChannel(c))
			}
		}
	}
	return e, nil
}
