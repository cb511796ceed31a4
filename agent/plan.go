package agent

import (
	"time"

	"osmanthus/agent/config"
	"osmanthus/agent/detect"
	"osmanthus/agent/local"
	"osmanthus/agent/sense"
	"osmanthus/agent/sense/radio"
	"osmanthus/care"
)

// Kinds is the table of kinds as the configuration needs it.
func Kinds() []config.Kind {
	var kinds []config.Kind
	for _, k := range sense.Kinds() {
		kinds = append(kinds, config.Kind{
			Name: k.Name, Addresses: k.Addresses, MinRate: k.MinRate, MaxRate: k.MaxRate, Rates: k.Rates,
			Options: k.Options, Needs: k.Needs, Shared: k.Shared, Home: k.Home, Chip: k.Chip,
		})
	}
	return kinds
}

// Check says whether a configuration that was read can be run; it touches no
// hardware and no disk.
func Check(cfg config.Config) error {
	if _, err := detect.New(plan(cfg)); err != nil {
		return err
	}
	buses, sensors := senses(cfg)
	if _, err := sense.New(buses, sensors, nil, sense.Opts{}); err != nil {
		return err
	}
	_, devices := radios(cfg)
	if _, err := radio.New(nil, devices, nil, radio.Opts{}); err != nil {
		return err
	}
	_, err := bands(cfg)
	return err
}

// plan says whom and what the engine watches.
func plan(cfg config.Config) detect.Plan {
	p := detect.Plan{Zone: cfg.Zone(), Sources: radioSources(cfg)}
	for _, s := range cfg.Sensors {
		source := detect.Source{ID: care.SourceID(s.ID), Resident: care.ResidentID(s.Resident), Class: class(s), Worn: s.Kind == "band", Cell: cell(s)}
		switch s.Kind {
		case "mpu6050", "lsm6dso", "adxl345":
			source.Kind = detect.IMUWrist
			if s.Worn == "waist" {
				source.Kind = detect.IMUWaist
			}
		case "max30102":
			source.Kind = detect.PPG
		case "ads1115":
			source.Kind = detect.BedPad
			if s.Pad != nil {
				source.Pad = detect.Pad{On: s.Pad.On, Off: s.Pad.Off}
			}
		case "hx711":
			source.Kind, source.Pad = detect.BedPad, bedScale
			if s.Pad != nil {
				source.Pad = detect.Pad{On: s.Pad.On, Off: s.Pad.Off}
			}
		case "fsrmatrix":
			source.Kind = detect.BedMatrix
		case "callpoint":
			source.Kind = detect.CallLine
		case "well_button":
			source.Kind = detect.WellButton
		case "care_button":
			source.Kind = detect.CareButton
		case "door":
			source.Kind = detect.DoorContact
		case "contact":
			source.Kind = detect.Contact
		case "motion":
			source.Kind = detect.MotionSensor
		case "flush":
			source.Kind = detect.FlushSensor
		case "seat":
			source.Kind = detect.SeatPad
		case "thermometer", "scale", "oximeter", "cuff", "glucose_meter":
			source.Kind = detect.Spot
		case "climate":
			source.Kind = detect.Ambient
		case "tag", "band":
			source.Kind = detect.Vitals
		case "ld2410", "ld6002", "ld6002b", "ld6002c", "mr60bha1", "mr60bha2", "mr60fda2", "r60abd1":
			source.Kind = detect.Radar
		case "vl53l1x", "bme280", "sht3x", "sht4x", "scd4x", "mlx90614":
			source.Kind = detect.Ambient
		case "amg8833", "mlx90640":
			source.Kind = detect.ThermalArray
		}
		homeSource(s, &source)
		source.Room, _ = detect.RoomByName(s.Room) // none is none
		p.Sources = append(p.Sources, source)
	}
	for _, r := range cfg.Residents {
		id := care.ResidentID(r.ID)
		p.Beds = append(p.Beds, bedPolicy(r)...)
		p.Rooms = append(p.Rooms, roomPolicy(r)...)
		if r.WellWindow != 0 || r.LongLie != 0 {
			p.Falls = append(p.Falls, detect.FallPolicy{Resident: id, WellWindow: time.Duration(r.WellWindow), LongLie: time.Duration(r.LongLie)})
		}
		if r.NotWorn != 0 {
			p.Wears = append(p.Wears, detect.WearPolicy{Resident: id, NotWorn: time.Duration(r.NotWorn)})
		}
		if a := r.Apnoea; a != nil {
			p.Apnoeas = append(p.Apnoeas, detect.ApnoeaPolicy{Resident: id, Medium: time.Duration(a.Medium), High: time.Duration(a.High),
				By: a.By, Why: a.Why, Until: a.Until.Time})
		}
		if s := r.Scale2; s != nil {
			p.Scale2 = append(p.Scale2, detect.Scale2{Resident: id, By: s.By, Why: s.Why, Until: s.Until.Time})
		}
		for _, o := range r.Overrides {
			metric, _ := care.MetricByName(o.Metric)
			side := detect.Above
			if o.Side == "below" {
				side = detect.Below
			}
			p.Overrides = append(p.Overrides, detect.Override{
				Resident: id, Metric: metric, Side: side, Priority: priority(o.Priority), Value: o.Value,
				As: priority(o.As), By: o.By, Why: o.Why, Until: o.Until.Time,
			})
		}
	}
	return p
}

// bedScale are the borders of load cells under a bed, in kilograms: above what
// lies on a bed by itself, and below the mass of any resident.
var bedScale = detect.Pad{On: 25, Off: 15}

func priority(name string) care.Priority {
	for p := care.Low; p <= care.High; p++ {
		if p.String() == name {
			return p
		}
	}
	return 0
}

// senses says what is sensed, on which buses.
func senses(cfg config.Config) (buses []sense.Bus, sensors []sense.Sensor) {
	for _, b := range cfg.Buses {
		buses = append(buses, sense.Bus{Name: b.Name, Device: b.Device, SCL: b.SCL, SDA: b.SDA})
	}
	for _, s := range cfg.Sensors {
		if byRadio(s) {
			continue
		}
		out := sense.Sensor{
			ID: care.SourceID(s.ID), Resident: care.ResidentID(s.Resident), Kind: s.Kind, Bus: s.Bus,
			Address: uint16(s.Address), Rate: s.Rate, SwapRedIR: s.SwapRedIR, Turned: s.Turned, Channel: s.Channel,
			Pin: s.Pin, NormallyClosed: s.NormallyClosed, Clock: s.Clock, Select: s.Select, Port: s.Port, Baud: s.Baud, MountHeight: s.MountHeight, Range: s.Range,
		}
		if l := s.Load; l != nil {
			out.Load = sense.Load{Tare: l.Tare, PerKg: l.PerKg}
		}
		if l := s.Supervised; l != nil {
			out.Line = &sense.Tap{Bus: l.Bus, Address: uint16(l.Address), Channel: l.Channel}
		}
		homeLines(s, &out)
		sensors = append(sensors, out)
	}
	return buses, sensors
}

// outputs says what calls people here.
func outputs(cfg config.Config) (list []local.Output, opts local.Opts) {
	pin := func(name string) local.Pin {
		if name == "" {
			return nil
		}
		return sense.NewPin(name)
	}
	for _, o := range cfg.Local.Outputs {
		name := o.Place
		if name == "" {
			name = "home"
		}
		list = append(list, local.Output{Name: name, Place: o.Place, Red: pin(o.Red), Yellow: pin(o.Yellow), Siren: pin(o.Siren), Relay: pin(o.Relay)})
	}
	if b := cfg.Local.Acknowledge; b != "" {
		opts.Button = sense.NewPin(b)
	}
	return list, opts
}
