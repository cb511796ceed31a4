package advert

import "slices"

// Units that come often.
const (
	cel = "Cel"
	rh  = "%"
)

// families is the table of devices by description. The more particular stand
// before the more general.
var families = slices.Concat(climateFamilies, lineFamilies, bodyFamilies, otherFamilies)

// climateFamilies measure the air, and what else fits into the same shell.
var climateFamilies = []family{
	{maker: "Qingping", model: "Qingping", service: 0xFDCD, more: qingping},

	{maker: "Sensirion", model: "SCD4x Gadget", company: 0x06D5, least: 10, is: []byteIs{{0, 0}, {1, 8}}, more: sensirionAir},
	{maker: "Sensirion", model: "SHT40 Gadget", company: 0x06D5, sizes: []int{8}, is: []byteIs{{0, 0}, {1, 6}}, more: sensirion},

	{maker: "Inkbird", model: "IBS-TH2/P01B", free: true, names: []string{"tps"}, sizes: []int{9},
		fields: []place{sle("temperature", 0, 2, 100, cel), le("humidity", 2, 2, 100, rh).unless(0, 0xFF00, 0xFFFF), percent("battery", 7)}},
	{maker: "Inkbird", model: "IBS-TH", free: true, names: []string{"sps"}, sizes: []int{9}, more: inkbird},
	{maker: "Inkbird", model: "iBBQ-1", free: true, lists: 0xFFF0, sizes: []int{12}, is: []byteIs{{0, 0}, {1, 0}}, more: probes(10, 1)},
	{maker: "Inkbird", model: "iBBQ-2", free: true, lists: 0xFFF0, sizes: []int{14}, is: []byteIs{{0, 0}, {1, 0}}, more: probes(10, 2)},
	{maker: "Inkbird", model: "iBBQ-4", free: true, lists: 0xFFF0, sizes: []int{18}, is: []byteIs{{0, 0}, {1, 0}}, more: probes(10, 4)},
	{maker: "Inkbird", model: "iBBQ-2", free: true, own: true, sizes: []int{14}, more: probes(10, 2)},
	{maker: "Inkbird", model: "iBBQ-4", free: true, own: true, sizes: []int{18}, more: probes(10, 4)},
	{maker: "Inkbird", model: "iBBQ-6", free: true, lists: 0xFFF0, sizes: []int{22}, is: []byteIs{{0, 0}, {1, 0}}, more: probes(10, 6)},

	{maker: "Govee", model: "H5072/H5075", company: 0xEC88, names: []string{"GVH507"}, least: 6, more: goveePacked(1, 4)},
	{maker: "Govee", model: "H5074", company: 0xEC88, sizes: []int{7},
		fields: []place{sle("temperature", 1, 2, 100, cel), le("humidity", 3, 2, 100, rh), percent("battery", 5)}},
	{maker: "Govee", model: "H5051", company: 0xEC88, sizes: []int{9},
		fields: []place{sle("temperature", 1, 2, 100, cel), le("humidity", 3, 2, 100, rh), percent("battery", 5)}},
	{maker: "Govee", model: "H5072/H5075", company: 0xEC88, sizes: []int{6}, more: goveePacked(1, 4)},
	{maker: "Govee", model: "H5178", company: 0x0001, names: []string{"B5178"}, sizes: []int{9}, more: govee5178},
	{maker: "Govee", model: "H5106", company: 0x0001, names: []string{"GVH5106"}, least: 6, more: goveeAir},
	{maker: "Govee", model: "H5100/H5101/H5102/H5104/H5105/H5174/H5177", company: 0x0001, names: []string{"GVH51"}, least: 6, more: goveePacked(2, 5)},
	{maker: "Govee", model: "H5179", company: 0x8801, sizes: []int{9}, is: []byteIs{{0, 0xEC}},
		fields: []place{sle("temperature", 4, 2, 100, cel), le("humidity", 6, 2, 100, rh), percent("battery", 8)}},
	{maker: "Govee", model: "H5101/H5102/H5177", company: 0x0001, lists: 0xEC88, sizes: []int{6, 8}, more: goveePacked(2, 5)},
	{maker: "Govee", model: "H5055", free: true, names: []string{"GVH5055"}, is: []byteIs{{3, 0}}, sizes: []int{22}, more: govee5055},
	{maker: "Govee", model: "H5055", free: true, is: []byteIs{{0, 0x1C}, {1, 0xEA}, {3, 0}}, sizes: []int{22}, more: govee5055},
	{maker: "Govee", model: "H5182", free: true, lists: 0x8251, sizes: []int{19}, more: goveeGrill(10, 15)},
	{maker: "Govee", model: "H5183", free: true, lists: 0x8351, sizes: []int{16, 17}, more: goveeGrill(10)},
	{maker: "Govee", model: "H5184", free: true, lists: 0x8451, sizes: []int{19}, more: goveeGrill(10, 15)},
	{maker: "Govee", model: "H5185", free: true, lists: 0x8551, sizes: []int{22}, more: goveeWide},
	{maker: "Govee", model: "H5198", free: true, lists: 0x9851, sizes: []int{22}, more: goveeRocks},

	{maker: "ThermoPro", model: "TP357", free: true, names: []string{"TP35", "TP39"}, sizes: []int{6, 7},
		fields: []place{sle("temperature", 1, 2, 10, cel), le("humidity", 3, 1, 1, rh)}, more: thermoPro},

	{maker: "SwitchBot", model: "Meter TH S1", service: 0x0D00, sizes: []int{6}, is: []byteIs{{0, 0x54}}, more: switchBot},
	{maker: "SwitchBot", model: "Meter TH plus", service: 0xFD3D, sizes: []int{6}, is: []byteIs{{0, 0x69}}, more: switchBot},
	{maker: "SwitchBot", model: "Meter TH S1", service: 0xFD3D, sizes: []int{6}, is: []byteIs{{0, 0x54}}, more: switchBot},

	{maker: "ThermoBeacon", model: "Lanyard/mini hygrometer", company: 0x0010, sizes: []int{18}, fields: thermoBeacon, more: thermoBeaconPower},
	{maker: "ThermoBeacon", model: "Smart hygrometer", company: 0x0011, sizes: []int{18}, fields: thermoBeacon, more: thermoBeaconPower},
	{maker: "ThermoBeacon", model: "Smart hygrometer", company: 0x0015, sizes: []int{18}, fields: thermoBeacon, more: thermoBeaconPower},
	{maker: "ThermoBeacon", model: "Smart hygrometer", company: 0x001B, sizes: []int{18}, fields: thermoBeacon, more: thermoBeaconPower},
	{maker: "ThermoBeacon", model: "Lanyard/mini hygrometer", company: 0x0010, sizes: []int{20}, fields: []place{ // of the day
		sle("temperature_highest", 8, 2, 16, cel), le("seconds_highest", 10, 4, 1, "s"), sle("temperature_lowest", 14, 2, 16, cel), le("seconds_lowest", 16, 4, 1, "s")}},

	{maker: "Blue Maestro", model: "Tempo Disc 3 in 1", company: 0x0133, sizes: []int{14}, is: []byteIs{{0, 0x16}}, fields: tempoDisc},
	{maker: "Blue Maestro", model: "Tempo Disc 3 in 1", company: 0x0133, sizes: []int{14}, is: []byteIs{{0, 0x17}}, fields: tempoDisc},
	{maker: "Blue Maestro", model: "Tempo Disc 1 in 1", company: 0x0133, sizes: []int{10}, is: []byteIs{{0, 0x0D}},
		fields: []place{percent("battery", 1), tempoDisc[1]}},
	{maker: "Blue Maestro", model: "Pebble", company: 0x0133, sizes: []int{18}, is: []byteIs{{0, 1}},
		fields: []place{sle("temperature", 1, 2, 10, cel), le("humidity", 7, 1, 1, rh), le("pressure", 8, 2, 1, "hPa")}},

	{maker: "HolyIOT", model: "HolyIOT BLE tracker", service: 0x5242, more: holyIOT},

	{maker: "Oral-B", model: "SmartSeries 7000", company: 0x00DC, more: oralB},

	{maker: "Senssun", model: "Senssun Smart Scale", names: []string{"IF_B"}, free: true, sizes: []int{19},
		fields: []place{be("impedance", 14, 2, 1, "Ohm"), bit("stabilized", 16, 0)}, more: senssun},

	{maker: "Acconeer", model: "Acconeer XM122", company: 0xACC0, sizes: []int{15}, is: []byteIs{{0, 0x80}}, fields: acconeer},
	{maker: "Acconeer", model: "Acconeer XM126", company: 0xACC0, sizes: []int{15}, is: []byteIs{{0, 0x91}}, fields: acconeer},

	{maker: "Almendo", model: "bluSensor Mini", company: 0x06E8, sizes: []int{16},
		fields: []place{sle("temperature", 7, 2, 100, cel), le("humidity", 9, 2, 100, rh), le("carbon_dioxide", 11, 2, 1, "[ppm]"), le("volatile_organic_compounds", 13, 2, 1, "ug/m3"), le("aqi", 15, 1, 1, "1")}},

	{maker: "Jaalee", model: "JHT", service: 0xF525, sizes: []int{11}, fields: []place{percent("battery", 0)}, more: jaalee(7)},
	{maker: "Jaalee", model: "JHT", service: 0xF51C, sizes: []int{12}, fields: []place{percent("battery", 0)}, more: jaalee(8)},

	{maker: "Jaalee", model: "JHT", company: apple, sizes: []int{24}, is: []byteIs{{2, 0xEB}, {3, 0xEF}, {4, 0xD0}, {5, 0x83}},
		fields: []place{percent("battery", 23)}, more: jaaleeBeacon},

	{maker: "Teltonika", model: "Blue Puck RHT", service: 0x2A6E, names: []string{"PUCK_TH"}, sizes: []int{2}, fields: elaTemperature, more: ela},
	{maker: "Teltonika", model: "Blue Puck T", service: 0x2A6E, names: []string{"PUCK_T"}, sizes: []int{2}, fields: elaTemperature},
	{maker: "Teltonika", model: "Blue Coin T", service: 0x2A6E, names: []string{"COIN_T"}, sizes: []int{2}, fields: elaTemperature},
	{maker: "Teltonika", model: "Blue Puck T", company: 0x0757, is: []byteIs{{0, 0x12}}, sizes: []int{3}, fields: []place{sle("temperature", 1, 2, 100, cel)}},

	{maker: "ELA", model: "Blue Puck RHT", service: 0x2A6F, names: []string{"P RHT"}, sizes: []int{1}, fields: []place{le("humidity", 0, 1, 1, rh)}, more: elaVoltage},
	{maker: "ELA", model: "Blue Puck RHT", service: 0x2A6E, names: []string{"P RHT"}, sizes: []int{2}, fields: elaTemperature, more: elaHumid},
	{maker: "ELA", model: "Blue Puck MAG", service: 0x2A06, names: []string{"P MAG"}, sizes: []int{2}, more: elaMagnet},
	{maker: "ELA", model: "Blue Puck T", service: 0x2A6E, names: []string{"P T"}, sizes: []int{2}, fields: elaTemperature, more: elaVoltage},
	{maker: "ELA", model: "Blue Coin T", service: 0x2A6E, names: []string{"C T"}, sizes: []int{2}, fields: elaTemperature, more: elaVoltage},

	{maker: "Relsib", model: "EClerk Eco", service: 0xAA20, sizes: []int{22},
		fields: []place{sle("temperature", 4, 2, 100, cel), le("humidity", 6, 2, 100, rh), le("carbon_dioxide", 8, 2, 1, "[ppm]"), percent("battery", 13)}},
	{maker: "Relsib", model: "EClerk Eco", service: 0xAA21, fields: relsib},
	{maker: "Relsib", model: "EClerk Eco", service: 0xAA22, fields: relsib},
	{maker: "Relsib", model: "WT51", service: 0x1809, more: relsibText},

	{maker: "Air Mentor", model: "Air Mentor Pro 2", company: 0x2122, sizes: []int{8},
		fields: []place{{name: "temperature", at: 2, size: 2, big: true, div: 100, add: -40, unit: cel}, be("aqi", 6, 2, 1, "1")}},
	{maker: "Air Mentor", model: "Air Mentor 2S", company: 0x6121, sizes: []int{12},
		fields: []place{be("carbon_dioxide", 0, 2, 1, "[ppm]"), be("pm25", 2, 2, 1, "ug/m3"), be("pm10", 4, 2, 1, "ug/m3")}},

	{maker: "SmartDry", model: "SmartDry cloth dryer", company: 0x01AE, sizes: []int{12}, more: smartDry},

	{maker: "SwitchBot", model: "Meter, by its maker's data", company: switchBotCompany, names: []string{"WoSensor", "WoIOSensor", "Outdoor Meter"}, least: 11, more: switchBotOutdoor},

	{maker: "Oria", model: "T301", free: true, names: []string{"T301"}, sizes: []int{19}, is: []byteIs{{0, 0x55}, {1, 0xAA}},
		fields: []place{{name: "temperature", at: 12, size: 2, big: true, signed: true, div: 100, unit: cel}, be("humidity", 14, 2, 100, rh), percent("battery", 16)}},

	{maker: "SAF Tehnika", model: "Aranet4", company: 0x0702, sizes: []int{22}, fields: []place{
		le("carbon_dioxide", 8, 2, 1, "[ppm]").unlessBit(15), sle("temperature", 10, 2, 20, cel).unlessBit(15), le("pressure", 12, 2, 10, "hPa").unlessBit(15),
		le("humidity", 14, 1, 1, rh), percent("battery", 15)}},

	{maker: "b-parasite", model: "b-parasite 1.x", service: 0x181A, sizes: []int{16}, is: []byteIs{{0, 0x20}}, more: parasite},
	{maker: "HHCC", model: "HHCCJCY10", service: 0xFD50, sizes: []int{9}, fields: []place{
		le("moisture", 0, 1, 1, rh), {name: "temperature", at: 1, size: 2, big: true, signed: true, div: 10, unit: cel},
		be("illuminance", 3, 3, 1, "lx"), percent("battery", 6), be("conductivity", 7, 2, 1, "uS/cm")}},
	{maker: "RedLab", model: "RDL52832", names: []string{"RDL52832"}, service: 0x0318, sizes: []int{16}, more: rdl},
	{maker: "RedLab", model: "RDL52832", names: []string{"RDL52832"}, service: 0x1803, sizes: []int{16}, more: rdl},

	{maker: "KKM", model: "K6 Sensor Beacon", service: 0xFEAA, is: []byteIs{{0, 0x21}, {1, 1}}, more: kkm},
}

var tempoDisc = []place{
	percent("battery", 1), {name: "temperature", at: 6, size: 2, big: true, signed: true, div: 10, unit: cel}, be("humidity", 8, 2, 10, rh),
	{name: "dew_point", at: 10, size: 2, big: true, signed: true, div: 10, unit: cel},
}

var acconeer = []place{le("battery", 1, 2, 1, rh), le("temperature", 3, 2, 1, cel), bit("motion", 5, 0)}

var relsib = []place{sle("temperature", 0, 2, 100, cel), le("humidity", 2, 2, 100, rh), le("carbon_dioxide", 4, 2, 1, "[ppm]")}

var thermoBeacon = []place{sle("temperature", 10, 2, 16, cel), le("humidity", 12, 2, 16, rh), le("voltage", 8, 2, 1000, "V")}

// elaTemperature leaves out the word for a broken sensor.
var elaTemperature = []place{sle("temperature", 0, 2, 100, cel).unless(0x7FFF)}
