package catalog

// What sensors of air measure, in the units and by the codes of the table.
func airTemperature(low, high float64) Measure {
	return Measure{Metric: "air_temperature", Unit: "Cel", Low: low, High: high, LOINC: "60832-3"}
}

var (
	humidity = Measure{Metric: "relative_humidity", Unit: "%", Low: 0, High: 100, LOINC: "65643-9"}
	pressure = Measure{Metric: "air_pressure", Unit: "hPa", Low: 300, High: 1100, Local: "air-pressure"}
	dioxide  = Measure{Metric: "carbon_dioxide", Unit: "[ppm]", Low: 0, High: 40000, Local: "carbon-dioxide"}
)

var (
	bme280 = Kind{
		Name: "bme280", Title: "Bosch BME280, BMP280 and BMP180: temperature, pressure and, of the first, humidity of air",
		Bus: "i2c", Addrs: []Addr{0x76, 0x77}, Measures: []Measure{airTemperature(-40, 85), humidity, pressure},
	}
	scd4x = Kind{
		Name: "scd4x", Title: "Sensirion SCD40, SCD41 and SCD43: carbon dioxide, temperature and humidity of air",
		Bus: "i2c", Addrs: []Addr{0x62}, Measures: []Measure{dioxide, airTemperature(-10, 60), humidity},
	}
	sht3x = Kind{
		Name: "sht3x", Title: "Sensirion SHT30, SHT31 and SHT35: temperature and humidity of air",
		Bus: "i2c", Addrs: []Addr{0x44, 0x45}, Measures: []Measure{airTemperature(-40, 125), humidity},
	}
	sht4x = Kind{
		Name: "sht4x", Title: "Sensirion SHT40, SHT41 and SHT45: temperature and humidity of air",
		Bus: "i2c", Addrs: []Addr{0x44, 0x45, 0x46}, Measures: []Measure{airTemperature(-40, 125), humidity},
	}
)
