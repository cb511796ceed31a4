package detect

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
)

// FuzzEngine plays arbitrary events to an arbitrary home: whatever sensors and
// clocks do, the engine neither panics, nor hangs, nor emits what is no number,
// nor says another thing when the same happens again.
func FuzzEngine(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
	f.Add([]byte{1, 255, 255, 255, 255, 255, 255, 255, 255, 240, 127, 2, 3, 4, 0, 1, 2, 3})
	for seed := range uint64(12) {
		f.Add(arbitrary(seed, 600))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4096 {
			t.Skip("longer says no more")
		}
		first := newChaos(t, data)
		if first == nil {
			return // no plan that is accepted
		}
		began := time.Now()
		first.run()
		if took := time.Since(began); took > 20*time.Second {
			t.Fatalf("it took %v", took)
		}
		again := newChaos(t, data)
		again.run()
		if a, b := first.said.String(), again.said.String(); a != b {
			t.Fatalf("the same events gave\n%s\nand then\n%s", a, b)
		}
	})
}

// TestTheEngineDoesNotGrow plays far more of the same than any buffer holds.
func TestTheEngineDoesNotGrow(t *testing.T) {
	for seed := range uint64(3) {
		data := arbitrary(seed, 200_000)
		c := newChaos(t, data)
		if c == nil {
			t.Fatal("no plan")
		}
		c.quiet = true
		c.run()
		c.data, c.block = nil, nil
		runtime.GC()
		var m, n runtime.MemStats
		runtime.ReadMemStats(&m)
		residents := len(c.engine.persons)
		runtime.KeepAlive(c)
		*c = chaos{}
		runtime.GC()
		runtime.ReadMemStats(&n)
		t.Logf("%d KiB, %d residents", (int64(m.HeapAlloc)-int64(n.HeapAlloc))>>10, residents)
		if size := (int64(m.HeapAlloc) - int64(n.HeapAlloc)) / int64(residents); size > 512<<10 {
			t.Errorf("seed %d: %d KiB a resident, who has several sources of some kinds", seed, size>>10)
		}
	}
}

// arbitrary is bytes that look like nothing.
func arbitrary(seed uint64, n int) []byte {
	data := make([]byte, n)
	x := seed*2654435761 + 88172645463325252
	for i := range data {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		data[i] = byte(x >> 24)
	}
	return data
}

// chaos reads what happens from bytes.
type chaos struct {
	t      testing.TB
	data   []byte
	plan   Plan
	engine *Engine
	at     time.Time
	block  *care.Block
	span   int // s that the last block holds

	restarts int
	said     strings.Builder
	quiet    bool // says nothing, to keep nothing
}

func newChaos(t testing.TB, data []byte) *chaos {
	c := &chaos{t: t, data: data, at: start}
	c.makePlan()
	var err error
	if c.engine, err = New(c.plan); err != nil {
		return nil
	}
	return c
}

func (c *chaos) next() byte {
	if len(c.data) == 0 {
		return 0
	}
	b := c.data[0]
	c.data = c.data[1:]
	return b
}

// value is mostly what a sensor could say.
func (c *chaos) value() float64 {
	switch k, v := c.next(), float64(c.next()); {
	case k < 60:
		return (v - 128) / 32
	case k < 100:
		return v
	case k < 140:
		return float64(int(v) % 4)
	case k < 180:
		return v * 500
	case k < 230:
		return 0.9 + v/1000
	}
	var b [8]byte
	for i := range b {
		b[i] = c.next()
	}
	special := []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64}
	if i := int(b[0]); i < 4*len(special) {
		return special[i/4]
	}
	return math.Float64frombits(binary.BigEndian.Uint64(b[:]))
}

// makePlan lists one to three residents with sources of any kinds, and
// policies with any values; half of the time with the defaults.
func (c *chaos) makePlan() {
	residents := 1 + int(c.next())%3
	strange := c.next()%2 == 1
	for r := range residents {
		who := care.ResidentID(fmt.Sprintf("r-%d", r))
		for k := IMUWrist; int(k) < len(kindNames); k++ {
			s := Source{ID: care.SourceID(fmt.Sprintf("%v-%d", k, r)), Resident: who, Kind: k}
			if strange {
				switch c.next() % 8 {
				case 0:
					continue
				case 1:
					s.Resident = ""
				case 2:
					s.Class = Class(1 + c.next()%uint8(len(classNames)-1))
				case 3:
					s.Room = Room(c.next() % 8)
				}
			}
			c.plan.Sources = append(c.plan.Sources, s)
		}
		if strange {
			c.policies(who)
		}
	}
}

// policies fills the policies of a resident with whatever their check lets
// pass, whatever fields they have.
func (c *chaos) policies(who care.ResidentID) {
	plan := reflect.ValueOf(&c.plan).Elem()
	for i := range plan.NumField() {
		list := plan.Field(i)
		if list.Kind() != reflect.Slice || list.Type().Elem().Kind() != reflect.Struct || plan.Type().Field(i).Name == "Sources" {
			continue
		}
		if c.next()%4 != 0 {
			continue
		}
		p := reflect.New(list.Type().Elem()).Elem()
		for k := range p.NumField() {
			c.field(p.Field(k), who)
		}
		before := reflect.ValueOf(list.Interface())
		list.Set(reflect.Append(list, p))
		if _, err := New(c.plan); err != nil {
			list.Set(before)
		}
	}
}

func (c *chaos) field(v reflect.Value, who care.ResidentID) {
	if !v.CanSet() {
		return
	}
	switch v.Interface().(type) {
	case care.ResidentID:
		v.SetString(string(who))
		return
	case time.Time:
		v.Set(reflect.ValueOf(start.Add(time.Duration(c.next()) * time.Hour)))
		return
	case time.Duration:
		v.SetInt(int64(time.Duration(c.next()) * [...]time.Duration{time.Second, time.Minute, time.Hour, 0}[c.next()%4]))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(c.next()%2 == 0)
	case reflect.String:
		v.SetString("somebody")
	case reflect.Float64:
		v.SetFloat(float64(c.next()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(c.next() % 32))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(c.next() % 32))
	case reflect.Struct:
		for k := range v.NumField() {
			c.field(v.Field(k), who)
		}
	}
}

func (c *chaos) run() {
	if len(c.plan.Sources) == 0 {
		return
	}
	for n := 0; len(c.data) > 0; n++ {
		c.pass()
		src := c.plan.Sources[int(c.next())%len(c.plan.Sources)]
		switch k := c.next(); {
		case k < 130:
			b := c.blockOf(src)
			if c.span = 0; b.Rate >= 1 {
				c.span = int(float64(b.Len()) / b.Rate)
			}
			c.take(c.engine.Block(b))
		case k < 190:
			r := care.NewReading(src.Resident, src.ID, c.metric(), c.value(), care.Quality(c.next()), c.at)
			if c.next() > 250 {
				r.Quality, r.Flags, r.At = care.Quality(c.next()), care.Flags(c.next()), time.Time{}
			}
			readings, alerts := c.engine.Reading(r)
			c.take(readings[1:], alerts) // the first is what came in
		case k < 250:
			for range 1 + int(c.next())%90 {
				c.at = c.at.Add(time.Second)
				c.take(c.engine.Tick(c.at))
			}
		case c.restarts < 30: // each reads the models anew
			c.restarts++
			c.restart()
		}
	}
}

// pass lets some time pass: mostly forward and little.
func (c *chaos) pass() {
	switch k := c.next(); {
	case k < 150:
		c.at = c.at.Add(time.Duration(c.next()) * 10 * time.Millisecond)
	case k < 190:
	case k < 220:
		c.at = c.at.Add(-time.Duration(c.next()) * 100 * time.Millisecond)
	case k < 240:
		c.at = c.at.Add(time.Duration(c.next()) * time.Minute)
	case k < 246:
		c.at = c.at.Add(time.Duration(int8(c.next())) * 100 * time.Hour)
	case k < 249:
		c.at = time.Unix(int64(c.next()), 0) // a clock that was never set
	case k < 252:
		c.at = start
	}
}

func (c *chaos) metric() care.Metric {
	all := care.Metrics()
	if k := c.next(); int(k) < 240 {
		return all[int(k)%len(all)].Metric
	}
	return care.Metric(c.next())
}

// blockOf makes a block that fits its source more often than not; now and then
// it is the one before again.
func (c *chaos) blockOf(src Source) *care.Block {
	if c.block != nil && c.next() < 20 {
		return c.block
	}
	shape := [...]struct {
		kind     care.BlockKind
		channels int
	}{IMUWrist: {care.IMU, 6}, IMUWaist: {care.IMU, 6}, BedIMU: {care.IMU, 3}, PPG: {care.PPG, 2}, BedPad: {care.BedLoad, 1},
		Breathing: {care.Breathing, 1}, BedMatrix: {care.BedMatrix, 16}, ThermalArray: {care.Thermal, 16}, 255: {}}[src.Kind]
	if shape.kind == 0 || c.next() < 30 {
		shape.kind, shape.channels = care.BlockKind(c.next()%7), int(c.next()%18)
	}
	rates := [...]float64{50, 50, 50, 100, 100, 25, 20, 10, 8, 4, 1, 125, 200, 32, 1000, 0.5, 0, -1, math.NaN(), math.Inf(1), 49.7}
	b := &care.Block{Source: src.ID, Resident: src.Resident, Kind: shape.kind, Start: c.at, Gap: c.next() < 10,
		Rate: rates[int(c.next())%len(rates)], Channels: make([][]float64, shape.channels)}
	size := int(c.next())
	if c.next() > 250 && !c.quiet { // room for what such a block says stays
		size *= 100
	}
	for k := range b.Channels {
		b.Channels[k] = c.samples(size, b.Rate)
	}
	if len(b.Channels) > 0 && c.next() < 4 {
		b.Channels[0] = b.Channels[0][:size/2]
	}
	c.block = b
	return b
}

// samples are a level with a swing and now and then a peak or what is no
// number.
func (c *chaos) samples(size int, rate float64) []float64 {
	level, swing, hertz := c.value(), c.value(), float64(c.next())/64
	odd, at := c.value(), int(c.next())
	wave := make([]float64, size)
	for i := range wave {
		wave[i] = level + swing*math.Sin(2*math.Pi*hertz*float64(i)/rate)
		if at < 128 && i%128 == at {
			wave[i] = odd
		}
	}
	return wave
}

// restart saves, makes a new engine and loads, as the agent does.
func (c *chaos) restart() {
	state, err := c.engine.Save(c.at)
	if err != nil {
		c.t.Fatalf("saving: %v", err)
	}
	e, err := New(c.plan)
	if err != nil {
		c.t.Fatal(err)
	}
	if c.next()%2 == 0 {
		c.at = c.at.Add(time.Duration(c.next()) * time.Minute)
	}
	if err := e.Load(state, c.at); err != nil {
		c.t.Fatalf("loading what was saved: %v", err)
	}
	c.engine = e
}

// take holds everything that is said to what must always be so.
func (c *chaos) take(readings []care.Reading, alerts []care.Alert) {
	if most := 100 + 4*c.span; len(alerts) > most {
		c.t.Fatalf("%d alerts at once, more than %d", len(alerts), most)
	}
	for _, r := range readings {
		if !finite(r.Value) || r.Quality > 100 || r.Metric == 0 {
			c.t.Fatalf("a reading %+v", r)
		}
		c.say("%v %v %v %v %v\n", r.Source, r.Metric, r.Value, r.Quality, r.At.UnixNano())
	}
	for _, a := range alerts {
		if !(a.Confidence >= 0 && a.Confidence <= 1) || a.Episode == (care.Episode{}) || a.Kind == 0 || a.Priority == 0 || a.State == 0 ||
			!finite(a.Evidence.Value) || !finite(a.Evidence.Limit) || a.Evidence.Rule == "" {
			c.t.Fatalf("an alert %+v", a)
		}
		for _, list := range [][]care.Feature{a.Evidence.Features, a.Evidence.Limits} {
			for _, f := range list {
				if !finite(f.Value) {
					c.t.Fatalf("an alert of %v whose evidence %s is %v", a.Kind, f.Name, f.Value)
				}
			}
		}
		snippet := a.Evidence.Snippet
		a.Evidence.Snippet = nil
		c.say("%v\n", a)
		if snippet != nil {
			c.say("%v\n", *snippet)
		}
	}
}

func (c *chaos) say(format string, args ...any) {
	if !c.quiet && c.said.Len() < 1<<20 {
		fmt.Fprintf(&c.said, format, args...)
	}
}
