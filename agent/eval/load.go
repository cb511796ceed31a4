package eval

import (
	"math"
	"math/rand/v2"
	"time"

	"osmanthus/agent/detect"
	"osmanthus/care"
)

// A load is what one source sends, second by second, over a made-up minute
// that repeats: half of it at rest, half of it not, so that detectors have
// something to look at. It is for measuring cost, not for judging detectors.
type load struct {
	kind    string // as detect.Kind prints it
	what    string // in words, for the table
	seconds [60][]message
}

// message is a block or a reading; its time is within its second.
type message struct {
	offset  time.Duration
	block   *care.Block
	reading care.Reading
}

// loads is one row for each kind of source.
func loads() []load {
	return []load{
		blocks("imu-wrist", "50 Hz with gyroscope", care.IMU, 50, worn(1)),
		blocks("imu-waist", "50 Hz with gyroscope", care.IMU, 50, worn(2)),
		blocks("ppg", "100 Hz, red and infrared", care.PPG, 100, finger()).with(care.IMU, 50, worn(3), "acceleration at 50 Hz"),
		blocks("bed-pad", "100 Hz", care.BedLoad, 100, []wave{breathing(2.4, 0.02)}),
		blocks("breathing", "100 Hz", care.Breathing, 100, []wave{breathing(0, 1)}),
		blocks("bed-imu", "4 Hz", care.IMU, 4, worn(4)[:3]),
		blocks("bed-matrix", "16 cells, 1 Hz", care.BedMatrix, 1, grid(430, 40)),
		blocks("thermal", "16 pixels, 8 Hz", care.Thermal, 8, grid(22, 2)),
		values("vitals", "three values a second", map[care.Metric]float64{care.HeartRate: 72, care.SpO2: 96, care.RespiratoryRate: 15}, 1),
		values("spot", "six values a minute", map[care.Metric]float64{care.BodyTemperature: 36.6, care.Systolic: 132, care.Diastolic: 78}, 30),
		values("call-line", "10 levels a second", map[care.Metric]float64{care.CallLine: care.CallLineNormal}, 0.1),
		values("well-button", "a level a second", map[care.Metric]float64{care.WellPress: 0}, 1),
		values("care-button", "a level a second", map[care.Metric]float64{care.CareGiven: 0}, 1),
		values("motion-sensor", "a level a second", map[care.Metric]float64{care.Motion: 1}, 1),
		values("door", "a level a second", map[care.Metric]float64{care.Door: 0}, 1),
		values("contact", "a level a second", map[care.Metric]float64{care.Door: 0}, 1),
		values("flush", "a level a second", map[care.Metric]float64{care.Flush: 0}, 1),
		values("seat", "a level a second", map[care.Metric]float64{care.Seat: 1}, 1),
		values("radar", "presence and distance a second", map[care.Metric]float64{care.Presence: 1, care.Distance: 2.4}, 1),
		values("radio", "its state a minute", map[care.Metric]float64{care.RadioState: care.RadioHears}, 60),
		values("ambient", "three values every 10 s", map[care.Metric]float64{care.AirTemperature: 22, care.RelativeHumidity: 45, care.CarbonDioxide: 800}, 10),
		values("hazard", "a level every 20 s", map[care.Metric]float64{care.Smoke: care.HazardNone}, 20),
		values("water-meter", "a rate every 10 s", map[care.Metric]float64{care.WaterFlow: 3}, 10),
		values("mains", "two values every 20 s", map[care.Metric]float64{care.MainsPower: 1, care.BatteryVoltage: 26}, 20),
	}
}

// wave gives one channel at a time in seconds.
type wave func(t float64, noise *rand.Rand) float64

func blocks(kind, what string, k care.BlockKind, rate float64, channels []wave) load {
	l := load{kind: kind, what: what}
	l.fill(k, rate, channels)
	return l
}

// with adds blocks of another kind of the same source.
func (l load) with(k care.BlockKind, rate float64, channels []wave, what string) load {
	l.what += ", and " + what
	l.fill(k, rate, channels)
	return l
}

// fill adds a block a half-second, as a live source sends them, or one a
// second at low rates.
func (l *load) fill(k care.BlockKind, rate float64, channels []wave) {
	noise := rand.New(rand.NewPCG(uint64(k), uint64(len(l.kind))))
	size := max(1, int(rate/2))
	for i := 0; i < int(60*rate); i += size {
		at := float64(i) / rate
		second := int(at)
		b := &care.Block{Kind: k, Rate: rate}
		for _, w := range channels {
			c := make([]float64, size)
			for n := range c {
				c[n] = w(float64(i+n)/rate, noise)
			}
			b.Channels = append(b.Channels, c)
		}
		offset := time.Duration((at - float64(second)) * float64(time.Second))
		l.seconds[second] = append(l.seconds[second], message{offset: offset, block: b})
	}
}

// values sends readings that move a little, one of each metric every so often.
func values(kind, what string, metrics map[care.Metric]float64, every float64) load {
	l := load{kind: kind, what: what}
	for _, info := range care.Metrics() { // in the order of their numbers
		m := info.Metric
		v, ok := metrics[m]
		for i := 0; ok && i < int(60/every+0.5); i++ {
			at := float64(i) * every
			moved := v
			if v > 10 {
				moved += float64(i % 3)
			}
			second := int(at + 1e-9)
			l.seconds[second] = append(l.seconds[second], message{
				offset: time.Duration((at - float64(second)) * float64(time.Second)), reading: care.Reading{Metric: m, Value: moved, Quality: 100}})
		}
	}
	return l
}

// worn is acceleration in g and angular rate in °/s of somebody who sits for
// half a minute and then walks, and puts a hand down hard now and then.
func worn(seed float64) []wave {
	acc := func(rest, swing, phase float64) wave {
		return func(t float64, noise *rand.Rand) float64 {
			v := rest + 0.01*noise.NormFloat64()
			if t >= 30 {
				v += swing * math.Sin(2*math.Pi*1.8*t+phase+seed)
				if u := math.Mod(t, 7); u < 0.06 {
					v += 2.2 * math.Sin(math.Pi*u/0.06)
				}
			}
			return v
		}
	}
	gyro := func(swing, phase float64) wave {
		return func(t float64, noise *rand.Rand) float64 {
			v := noise.NormFloat64()
			if t >= 30 {
				v += swing * math.Sin(2*math.Pi*0.9*t+phase)
			}
			return v
		}
	}
	return []wave{acc(0.2, 0.1, 0), acc(0.3, 0.3, 1), acc(0.93, 0.35, 2), gyro(80, 0), gyro(120, 1), gyro(40, 2)}
}

// finger is red and infrared whose pulse breathing moves.
func finger() []wave {
	beat := func(level, depth float64) wave {
		return func(t float64, noise *rand.Rand) float64 {
			w := math.Sin(2*math.Pi*1.2*t) + 0.3*math.Sin(4*math.Pi*1.2*t)
			return level - depth*w*(1+0.2*math.Sin(2*math.Pi*0.25*t)) + 0.05*depth*noise.NormFloat64()
		}
	}
	return []wave{beat(90000, 440), beat(110000, 900)}
}

// breathing stops for a quarter of the minute.
func breathing(level, depth float64) wave {
	return func(t float64, noise *rand.Rand) float64 {
		v := level + 0.02*depth*noise.NormFloat64()
		if t < 45 {
			v += depth * math.Sin(2*math.Pi*0.25*t)
		}
		return v
	}
}

// grid is 16 cells of which some are higher, and change after half a minute.
func grid(level, more float64) []wave {
	var all []wave
	for k := range 16 {
		all = append(all, func(t float64, noise *rand.Rand) float64 {
			v := level + 0.02*more*noise.NormFloat64()
			if (k/4+int(t/30))%3 == 0 {
				v += more
			}
			return v
		})
	}
	return all
}

// ward is residents with their sources, watched by one engine.
type ward struct {
	engine  *detect.Engine
	sources []detect.Source
	loads   []*load // of each source
	blocks  []care.Block
	at      time.Time
}

// newWard makes residents who each have one source of each of the loads.
func newWard(residents int, each []load) (*ward, error) {
	w := &ward{at: time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)}
	var plan detect.Plan
	for r := range residents {
		resident := care.ResidentID("resident-" + string(rune('a'+r/26%26)) + string(rune('a'+r%26)))
		for i := range each {
			k, ok := detect.KindByName(each[i].kind)
			if !ok {
				continue // of a version to come
			}
			s := detect.Source{ID: care.SourceID(string(resident) + "-" + each[i].kind), Resident: resident, Kind: k}
			plan.Sources = append(plan.Sources, s)
			w.loads = append(w.loads, &each[i])
		}
	}
	w.sources = plan.Sources
	w.blocks = make([]care.Block, len(plan.Sources))
	var err error
	w.engine, err = detect.New(plan)
	return w, err
}

// play plays one second of every source, and returns how much was said.
func (w *ward) play() (readings, alerts int) {
	second := w.at.Second()
	for i, l := range w.loads {
		for k := range l.seconds[second] {
			m := &l.seconds[second][k]
			var r []care.Reading
			var a []care.Alert
			if m.block != nil {
				b := &w.blocks[i]
				*b = *m.block
				b.Source, b.Resident, b.Start = w.sources[i].ID, w.sources[i].Resident, w.at.Add(m.offset)
				r, a = w.engine.Block(b)
			} else {
				one := m.reading
				one.Source, one.Resident, one.At = w.sources[i].ID, w.sources[i].Resident, w.at.Add(m.offset)
				r, a = w.engine.Reading(one)
			}
			readings, alerts = readings+len(r), alerts+len(a)
		}
	}
	w.at = w.at.Add(time.Second)
	r, a := w.engine.Tick(w.at)
	return readings + len(r), alerts + len(a)
}
