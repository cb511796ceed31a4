package catalog

// What sits on a line: contacts, relays and pulses.
var (
	alarmrelay = Kind{
		Name: "alarmrelay", Title: "detector of smoke, gas, carbon monoxide or water with relays", Bus: "gpio",
		Measures: []Measure{
			{Metric: "smoke", Unit: "1", Low: 0, High: 3, Local: "smoke-state"},
			{Metric: "gas", Unit: "1", Low: 0, High: 3, Local: "gas-state"},
			{Metric: "carbon_monoxide", Unit: "1", Low: 0, High: 3, Local: "carbon-monoxide-state"},
			{Metric: "water_leak", Unit: "1", Low: 0, High: 3, Local: "water-leak-state"},
		},
	}
	contact = Kind{
		Name: "contact", Title: "contact of a door, window, drawer or cistern", Bus: "gpio",
		Measures: []Measure{
			{Metric: "door", Unit: "1", Low: 0, High: 1, Local: "door-state"},
			{Metric: "flush", Unit: "1", Low: 0, High: 1, Local: "flush-state"},
			{Metric: "line_state", Unit: "1", Low: 0, High: 3, Local: "line-state"},
		},
	}
	flowmeter = Kind{
		Name: "flowmeter", Title: "water meter with pulses", Bus: "gpio",
		Measures: []Measure{
			{Metric: "water_pulses", Unit: "{count}", Low: 0, High: 1e6, Local: "water-pulses"},
			{Metric: "water_flow", Unit: "L/min", Low: 0, High: 200, Local: "water-flow", Derived: true},
		},
	}
	mains = Kind{
		Name: "mains", Title: "contact of the mains, and the battery that bridges them", Bus: "gpio",
		Measures: []Measure{
			{Metric: "mains_power", Unit: "1", Low: 0, High: 1, Local: "mains-power"},
			{Metric: "battery_voltage", Unit: "V", Low: 0, High: 60, Local: "battery-voltage"},
		},
	}
	mat = Kind{
		Name: "mat", Title: "pressure mat in a bed, on a chair or on the floor", Bus: "gpio",
		Measures: []Measure{
			{Metric: "bed_occupancy", Unit: "1", Low: 0, High: 1, Local: "bed-occupancy"},
			{Metric: "seat", Unit: "1", Low: 0, High: 1, Local: "seat-occupancy"},
			{Metric: "motion", Unit: "1", Low: 0, High: 1, Local: "motion"},
			{Metric: "line_state", Unit: "1", Low: 0, High: 3, Local: "line-state"},
		},
	}
	pir = Kind{
		Name: "pir", Title: "motion sensor, passive infrared", Bus: "gpio",
		Measures: []Measure{{Metric: "motion", Unit: "1", Low: 0, High: 1, Local: "motion"}},
	}
)
