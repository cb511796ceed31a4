package sim

import "time"

// Weather is air at one place.
type Weather struct {
	Celsius float64
	Percent float64 // relative humidity
	Pascal  float64
	PPM     float64 // carbon dioxide
}

// Air is what a sensor of air feels at an instant.
type Air func(at time.Time) Weather
