package recordings

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Home is the log of one home of one healthy resident over weeks.
type Home struct {
	ID string
	// Sensors names every sensor that speaks, in alphabetical order.
	Sensors []string
	// Events are in the order of their beginning: a sensor that was open, lit,
	// pressed or flushed for a time.
	Events []Span
	// Activities are what the resident did by the resident's own notes.
	Activities []Span
}

// Span is something that lasted. Its times are the clock on the wall, written
// as UTC.
type Span struct {
	Name     string
	From, To time.Time
}

// SmartHomes reads the homes: kasteren-A, kasteren-B, ordonez-A and mit-1.
func SmartHomes() ([]Home, error) {
	dir, err := Open("smart-homes")
	if err != nil {
		return nil, err
	}
	open := filepath.Join(dir, "open")
	var homes []Home
	for _, read := range []func(string) (Home, error){
		func(d string) (Home, error) { return kasteren(d, "A") },
		func(d string) (Home, error) { return kasteren(d, "B") },
		ordonez, mit,
	} {
		h, err := read(open)
		if err != nil {
			return nil, fmt.Errorf("recordings: reading smart-homes: %w", err)
		}
		h.order()
		homes = append(homes, h)
	}
	return homes, nil
}

func (h *Home) order() {
	byTime := func(a, b Span) int {
		return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To), strings.Compare(a.Name, b.Name))
	}
	slices.SortFunc(h.Events, byTime)
	slices.SortFunc(h.Activities, byTime)
	for _, e := range h.Events {
		if i, found := slices.BinarySearch(h.Sensors, e.Name); !found {
			h.Sensors = slices.Insert(h.Sensors, i, e.Name)
		}
	}
}

// kasteren reads one house: seconds, length and number, and names of numbers.
func kasteren(dir, house string) (Home, error) {
	base := filepath.Join(dir, "kasteren", "house"+house)
	h := Home{ID: "kasteren-" + house}
	for _, part := range []struct {
		spans, names string
		into         *[]Span
	}{{".sensors", ".sensor_names", &h.Events}, {".activities", ".activity_names", &h.Activities}} {
		texts, err := lines(base + part.names)
		if err != nil {
			return h, err
		}
		names := map[string]string{}
		for _, l := range texts {
			if id, name, ok := strings.Cut(l, "\t"); ok {
				names[id] = strings.TrimSpace(name)
			}
		}
		if texts, err = lines(base + part.spans); err != nil {
			return h, err
		}
		for i, l := range texts {
			c := strings.Fields(l)
			if len(c) != 3 {
				return h, fmt.Errorf("house%s%s: line %d: %q", house, part.spans, i+1, l)
			}
			name, ok := names[c[2]]
			if !ok {
				name = c[2]
			}
			from := time.Unix(int64(number([]byte(c[0]))), 0).UTC()
			*part.into = append(*part.into, Span{name, from, from.Add(time.Duration(number([]byte(c[1]))) * time.Second)})
		}
	}
	return h, nil
}

// ordonez reads tables of two times and words between tabs.
func ordonez(dir string) (Home, error) {
	h := Home{ID: "ordonez-A"}
	for name, into := range map[string]*[]Span{"OrdonezA_Sensors.txt": &h.Events, "OrdonezA_ADLs.txt": &h.Activities} {
		texts, err := lines(filepath.Join(dir, "ordonez", name))
		if err != nil {
			return h, err
		}
		for i, l := range texts[2:] {
			c := strings.Fields(l) // date, time, date, time, words
			if len(c) < 5 {
				return h, fmt.Errorf("%s: line %d: %q", name, i+3, l)
			}
			from, err := time.Parse(time.DateTime, c[0]+" "+c[1])
			if err != nil {
				return h, fmt.Errorf("%s: line %d: %w", name, i+3, err)
			}
			to, err := time.Parse(time.DateTime, c[2]+" "+c[3])
			if err != nil {
				return h, fmt.Errorf("%s: line %d: %w", name, i+3, err)
			}
			*into = append(*into, Span{strings.Join(c[4:], " "), from, to})
		}
	}
	return h, nil
}

// mit reads records of five lines: an activity with its times, and the
// sensors of that time with numbers, names, beginnings and ends.
func mit(dir string) (Home, error) {
	h := Home{ID: "mit-1"}
	places, err := lines(filepath.Join(dir, "mit", "subject1", "sensors.csv"))
	if err != nil {
		return h, err
	}
	names := map[string]string{}
	for _, l := range places {
		if c := strings.Split(l, ","); len(c) == 3 {
			names[c[0]] = strings.TrimSpace(c[1]) + " " + strings.TrimSpace(c[2]) + " " + c[0]
		}
	}
	texts, err := lines(filepath.Join(dir, "mit", "subject1", "activities_data.csv"))
	if err != nil {
		return h, err
	}
	for i := 0; i+4 < len(texts); i += 5 {
		head := strings.Split(texts[i], ",")
		if len(head) != 4 {
			return h, fmt.Errorf("activities_data.csv: record %d: %q", i/5+1, texts[i])
		}
		s, err := mitSpan(head[0], head[1], head[2], head[3])
		if err != nil {
			return h, fmt.Errorf("activities_data.csv: record %d: %w", i/5+1, err)
		}
		h.Activities = append(h.Activities, s)
		ids, from, to := strings.Split(texts[i+1], ","), strings.Split(texts[i+3], ","), strings.Split(texts[i+4], ",")
		for k := range min(len(ids), len(from), len(to)) {
			s, err := mitSpan(names[ids[k]], head[1], from[k], to[k])
			if err != nil {
				return h, fmt.Errorf("activities_data.csv: record %d: %w", i/5+1, err)
			}
			h.Events = append(h.Events, s)
		}
	}
	return h, nil
}

// mitSpan makes a span of times of one day; one that ends before it begins
// ends the day after.
func mitSpan(name, date, from, to string) (s Span, err error) {
	s.Name = name
	if s.From, err = time.Parse("1/2/2006 15:4:5", date+" "+from); err != nil {
		return s, err
	}
	if s.To, err = time.Parse("1/2/2006 15:4:5", date+" "+to); err != nil {
		return s, err
	}
	if s.To.Before(s.From) {
		s.To = s.To.AddDate(0, 0, 1)
	}
	return s, nil
}
