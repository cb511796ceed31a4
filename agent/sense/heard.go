package sense

import "osmanthus/care"

// What is heard of a device by radio, by the names of the measures of
// drivers/advert. A kind decides what a measure means: the temperature of a
// thermometer for bodies is that of a body.
var (
	moves = map[string]care.Metric{"motion": care.Motion}
	sits  = map[string]care.Metric{"seat": care.Seat, "bed_occupancy": care.Seat, "motion": care.Seat}
	lies  = map[string]care.Metric{"bed_occupancy": care.BedOccupancy, "seat": care.BedOccupancy, "motion": care.BedOccupancy}

	bodyHeat = map[string]care.Metric{"body_temperature": care.BodyTemperature, "air_temperature": care.BodyTemperature}
	weighs   = map[string]care.Metric{
		"body_weight": care.BodyWeight, "body_mass_index": care.BodyMassIndex, "body_fat": care.BodyFat, "heart_rate": care.HeartRate,
	}
	air = map[string]care.Metric{
		"air_temperature": care.AirTemperature, "relative_humidity": care.RelativeHumidity, "air_pressure": care.AirPressure,
		"carbon_dioxide": care.CarbonDioxide, "illuminance": care.Illuminance,
	}
	// tagged is what a tag may bring along, which is there to be heard, or what a
	// gateway of somebody else measures, which sends SenML.
	tagged = map[string]care.Metric{
		"heart_rate": care.HeartRate, "pulse_rate": care.PulseRate, "spo2": care.SpO2, "respiratory_rate": care.RespiratoryRate,
		"body_temperature": care.BodyTemperature, "systolic": care.Systolic, "diastolic": care.Diastolic, "glucose": care.Glucose,
		"air_temperature": care.AirTemperature, "relative_humidity": care.RelativeHumidity,
	}
)

// presses is a button: each press of it, or the level of one that is pressed.
// SenML may name it by its metric.
func presses(m care.Metric) map[string]care.Metric {
	return map[string]care.Metric{"button_press": m, m.String(): m}
}

// opens is a contact: open is 1.
func opens(m care.Metric) map[string]care.Metric {
	return map[string]care.Metric{"door": m, m.String(): m}
}

// heard adds the options of what may be heard by radio.
func heard(options ...string) []string {
	return append(options, "mac", "key_file", "senml", "class", "cell")
}

// Heard returns what a kind takes from a device that is heard by radio, and
// false for a kind that is not heard.
func Heard(kind string) (map[string]care.Metric, bool) {
	k, err := kindByName(kind)
	return k.Heard, err == nil && k.Heard != nil
}
