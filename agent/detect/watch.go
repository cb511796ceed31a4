package detect

import "osmanthus/care"

// newWatch is the one table from a kind of source to what is done for it.
func newWatch(p Plan, s Source) watch {
	s = s.resolved()
	w := watch{source: s, guard: &guard{spot: s.Kind == Spot}, notes: newNotebook(s)}
	w.doubt = newImplausible(s)
	w.detectors = append(w.detectors, newSupervision(s), w.doubt)
	w.technical = len(w.detectors)
	switch s.Kind {
	case IMUWrist, IMUWaist:
		w.derive = newMotion(s)
		w.detectors = append(w.detectors, newFall(s))
	case PPG:
		light := newPulse(s)
		w.derive = light
		w.detectors = append(w.detectors, newVitals(p, s))
		if light.contact > 0 { // else a finger that is away shows no pulse either
			w.detectors = append(w.detectors, newPulseless(s, light))
		}
	case BedPad:
		w.derive = newBedVitals(s)
		w.detectors = append(w.detectors, newBed(p, s), newApnoea(p, s), newVitals(p, s), newLineWatch(s))
	case BedIMU:
		w.derive = newWear(s)
		w.detectors = append(w.detectors, newBed(p, s))
	case BedMatrix:
		w.derive = newMatrix(s)
		w.detectors = append(w.detectors, newBed(p, s))
	case Breathing:
		w.derive = newBreath(s)
		w.detectors = append(w.detectors, newApnoea(p, s), newVitals(p, s))
	case ThermalArray:
		w.detectors = append(w.detectors, newThermal(s))
	case Radar:
		w.detectors = append(w.detectors, newModuleFall(s), newBed(p, s))
	case CallLine:
		w.detectors = append(w.detectors, newCall(s))
	case MotionSensor, DoorContact, FlushSensor, SeatPad, Contact:
		w.detectors = append(w.detectors, newLineWatch(s))
	case HazardSensor:
		w.detectors = append(w.detectors, newHazard(s))
	case WaterMeter:
		w.detectors = append(w.detectors, newWater(s))
	case MainsSensor:
		w.detectors = append(w.detectors, newPower(s))
	case Ambient:
		if s.Room != 0 {
			w.detectors = append(w.detectors, newClimate(s))
		}
	case RadioSource:
		w.detectors = append(w.detectors, newRadio(s))
	case Vitals: // among them beds that say themselves who is in them
		w.detectors = append(w.detectors, newVitals(p, s), newBed(p, s))
	case Spot:
		w.detectors = append(w.detectors, newVitals(p, s))
	}
	if s.Kind != MainsSensor { // whose battery is no cell: power judges it
		w.detectors = append(w.detectors, newBattery(s))
	}
	return w
}

// newPerson is the one table of what is done for a resident across sources.
func newPerson(p Plan, resident care.ResidentID) person {
	who := person{resident: resident, falls: newFallEpisodes(p, resident), detectors: []Detector{newNEWS2(p, resident), newBaseline(p, resident)}}
	if d := newWearing(p, resident); d != nil {
		who.detectors = append(who.detectors, d)
	}
	if d := newRooms(p, resident); d != nil {
		who.detectors = append(who.detectors, d)
	}
	return who
}

// base is what every alert of one source carries.
type base struct {
	resident care.ResidentID
	source   care.SourceID
}
