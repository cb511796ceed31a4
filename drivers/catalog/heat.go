package catalog

// picture is what a thermal array says of a picture to whoever installs it.
func picture(low, high float64) []Measure {
	return []Measure{
		{Metric: "picture_coldest", Unit: "Cel", Low: low, High: high, Local: "thermal-coldest"},
		{Metric: "picture_mean", Unit: "Cel", Low: low, High: high, Local: "thermal-mean"},
		{Metric: "picture_warmest", Unit: "Cel", Low: low, High: high, Local: "thermal-warmest"},
		{Metric: "sensor_temperature", Unit: "Cel", Low: -40, High: 85, Local: "sensor-temperature"},
	}
}

var (
	amg8833 = Kind{
		Name: "amg8833", Title: "Panasonic Grid-EYE AMG8833, thermal array of 8 by 8",
		Bus: "i2c", Addrs: []Addr{0x69, 0x68}, Measures: picture(0, 80),
	}
	mlx90614 = Kind{
		Name: "mlx90614", Title: "Melexis MLX90614 and MLX90615 infrared thermometers: of a surface, no body temperature",
		Bus: "i2c", Addrs: []Addr{0x5A, 0x5B},
		Measures: []Measure{
			{Metric: "skin_temperature", Unit: "Cel", Low: -70, High: 380, Local: "surface-temperature"},
			{Metric: "sensor_temperature", Unit: "Cel", Low: -40, High: 125, Local: "sensor-temperature"},
		},
	}
	mlx90640 = Kind{
		Name: "mlx90640", Title: "Melexis MLX90640, thermal array of 32 by 24",
		Bus: "i2c", Addrs: []Addr{0x33}, Measures: picture(-40, 300),
	}
)
