package advert

// object is one kind of object of BTHome: value = raw · mul / div.
type object struct {
	name     string
	size     uint8 // bytes; 0: the first byte says how many follow
	signed   bool
	kind     ValueKind
	mul, div uint32
	unit     string // UCUM
}

func quantity(name string, size uint8, div uint32, unit string) object {
	return object{name: name, size: size, mul: 1, div: div, unit: unit}
}

func signed(name string, size uint8, div uint32, unit string) object {
	return object{name: name, size: size, signed: true, mul: 1, div: div, unit: unit}
}

func state(name string) object {
	return object{name: name, size: 1, kind: State, mul: 1, div: 1, unit: "1"}
}

// bthomeObjects is the table of objects by their id, of both versions:
// bthome.io/format.
var bthomeObjects = [256]object{
	0x00: quantity("packet_id", 1, 1, "1"),
	0x01: quantity("battery", 1, 1, "%"),
	0x02: signed("temperature", 2, 100, "Cel"),
	0x03: quantity("humidity", 2, 100, "%"),
	0x04: quantity("pressure", 3, 100, "hPa"),
	0x05: quantity("illuminance", 3, 100, "lx"),
	0x06: quantity("mass", 2, 100, "kg"),
	0x07: quantity("mass", 2, 100, "[lb_av]"),
	0x08: signed("dew_point", 2, 100, "Cel"),
	0x09: quantity("count", 1, 1, "1"),
	0x0A: quantity("energy", 3, 1000, "kW.h"),
	0x0B: quantity("power", 3, 100, "W"),
	0x0C: quantity("voltage", 2, 1000, "V"),
	0x0D: quantity("pm25", 2, 1, "ug/m3"),
	0x0E: quantity("pm10", 2, 1, "ug/m3"),
	0x0F: state("generic"),
	0x10: state("power"),
	0x11: state("opening"),
	0x12: quantity("carbon_dioxide", 2, 1, "[ppm]"),
	0x13: quantity("volatile_organic_compounds", 2, 1, "ug/m3"),
	0x14: quantity("moisture", 2, 100, "%"),
	0x15: state("battery_low"),
	0x16: state("battery_charging"),
	0x17: state("carbon_monoxide"),
	0x18: state("cold"),
	0x19: state("connectivity"),
	0x1A: state("door"),
	0x1B: state("garage_door"),
	0x1C: state("gas"),
	0x1D: state("heat"),
	0x1E: state("light"),
	0x1F: state("lock"),
	0x20: state("moisture"),
	0x21: state("motion"),
	0x22: state("moving"),
	0x23: state("occupancy"),
	0x24: state("plug"),
	0x25: state("presence"),
	0x26: state("problem"),
	0x27: state("running"),
	0x28: state("safety"),
	0x29: state("smoke"),
	0x2A: state("sound"),
	0x2B: state("tamper"),
	0x2C: state("vibration"),
	0x2D: state("window"),
	0x2E: quantity("humidity", 1, 1, "%"),
	0x2F: quantity("moisture", 1, 1, "%"),
	0x3A: {name: "button", size: 1, kind: Event},
	0x3C: {name: "dimmer", size: 2, kind: Event},
	0x3D: quantity("count", 2, 1, "1"),
	0x3E: quantity("count", 4, 1, "1"),
	0x3F: signed("rotation", 2, 10, "deg"),
	0x40: quantity("distance", 2, 1, "mm"),
	0x41: quantity("distance", 2, 10, "m"),
	0x42: quantity("duration", 3, 1000, "s"),
	0x43: quantity("current", 2, 1000, "A"),
	0x44: quantity("speed", 2, 100, "m/s"),
	0x45: signed("temperature", 2, 10, "Cel"),
	0x46: quantity("uv_index", 1, 10, "1"),
	0x47: quantity("volume", 2, 10, "L"),
	0x48: quantity("volume", 2, 1, "mL"),
	0x49: quantity("volume_flow_rate", 2, 1000, "m3/h"),
	0x4A: quantity("voltage", 2, 10, "V"),
	0x4B: quantity("gas", 3, 1000, "m3"),
	0x4C: quantity("gas", 4, 1000, "m3"),
	0x4D: quantity("energy", 4, 1000, "kW.h"),
	0x4E: quantity("volume", 4, 1000, "L"),
	0x4F: quantity("water", 4, 1000, "L"),
	0x50: quantity("timestamp", 4, 1, "s"), // since 1970
	0x51: quantity("acceleration", 2, 1000, "m/s2"),
	0x52: quantity("gyroscope", 2, 1000, "deg/s"),
	0x53: {name: "text", kind: Text},
	0x54: {name: "raw", kind: Text},
	0x55: quantity("volume_storage", 4, 1000, "L"),
	0x56: quantity("conductivity", 2, 1, "uS/cm"),
	0x57: signed("temperature", 1, 1, "Cel"),
	0x58: {name: "temperature", size: 1, signed: true, mul: 35, div: 100, unit: "Cel"},
	0x59: signed("count", 1, 1, "1"),
	0x5A: signed("count", 2, 1, "1"),
	0x5B: signed("count", 4, 1, "1"),
	0x5C: signed("power", 4, 100, "W"),
	0x5D: signed("current", 2, 1000, "A"),
	0x5E: quantity("direction", 2, 100, "deg"),
	0x5F: quantity("precipitation", 2, 10, "mm"),
	0x60: quantity("channel", 1, 1, "1"),
	0x61: quantity("rotational_speed", 2, 1, "/min"),
	0x62: signed("speed", 4, 1_000_000, "m/s"),
	0x63: signed("acceleration", 4, 1_000_000, "m/s2"),
	0x64: quantity("light_level", 1, 1, "1"),
	0xF0: quantity("device_type", 2, 1, "1"),
	0xF1: {name: "firmware", size: 4, kind: Text},
	0xF2: {name: "firmware", size: 3, kind: Text},
}

// bthomeNames tells devices by how their name begins.
var bthomeNames = []struct{ begins, maker, model string }{
	{"SBBT-002C", "Shelly", "BLU Button1"},
	{"SBBT-102C", "Shelly", "BLU Button1 ZB"},
	{"SBBT-004CEU", "Shelly", "BLU Wall Switch 4"},
	{"SBBT-004CUS", "Shelly", "BLU RC Button 4"},
	{"SBBT-104CEU", "Shelly", "BLU Wall Switch 4 ZB"},
	{"SBBT-104CUS", "Shelly", "BLU RC Button 4 ZB"},
	{"SBDW-002C", "Shelly", "BLU Door/Window"},
	{"SBHT-003C", "Shelly", "BLU H&T"},
	{"SBHT-203C", "Shelly", "BLU H&T ZB"},
	{"SBMO-003Z", "Shelly", "BLU Motion"},
	{"SBTR-001AEU", "Shelly", "BLU TRV"},
	{"ATC_", "Xiaomi", "Temperature/Humidity sensor"},
	{"prst", "b-parasite", "Plant sensor"},
}

var buttonEvents = map[byte]string{
	0x01: "press", 0x02: "double_press", 0x03: "triple_press", 0x04: "long_press", 0x05: "long_double_press",
	0x06: "long_triple_press", 0x80: "hold_press",
	0xFE: "hold_press", // of Shelly's, by the vectors of Theengs: the format does not name it
}

var dimmerEvents = map[byte]string{0x01: "rotate_left", 0x02: "rotate_right"}
