package probe

import (
	"fmt"
	"math"

	"osmanthus/drivers/amg8833"
	"osmanthus/drivers/mlx90614"
	"osmanthus/drivers/mlx90640"

	"periph.io/x/conn/v3/i2c"
)

// picture says the coldest, the mean and the warmest of a picture, and where the
// warmest is: with a warm hand an installer finds out where top and bottom are.
func picture(l *Line, pixels []float64, width int, chip float64) {
	coldest, warmest, sum, n := -1, -1, 0.0, 0
	for i, v := range pixels {
		if math.IsNaN(v) { // a pixel without a value
			continue
		}
		if sum, n = sum+v, n+1; coldest < 0 || v < pixels[coldest] {
			coldest = i
		}
		if warmest < 0 || v > pixels[warmest] {
			warmest = i
		}
	}
	if n == 0 {
		return
	}
	where := func(i int) string {
		return fmt.Sprintf("row %d of %d, column %d of %d", i/width+1, len(pixels)/width, i%width+1, width)
	}
	l.Samples = 1
	l.Readings = append(l.Readings,
		Reading{Metric: "picture_coldest", Value: pixels[coldest], Text: where(coldest)},
		Reading{Metric: "picture_mean", Value: sum / float64(n)},
		Reading{Metric: "picture_warmest", Value: pixels[warmest], Text: where(warmest)},
		Reading{Metric: "sensor_temperature", Value: chip})
}

func openAMG8833(b i2c.Bus, addr uint16) (func(*Line) error, func() error, error) {
	d, err := amg8833.New(b, addr, nil)
	return spot(d, err, 0, func(l *Line, f *amg8833.Frame) {
		if f.Repeated {
			return
		}
		picture(l, f.PixelC[:], amg8833.Width, f.BoardC)
		if f.Settling {
			l.Readings[1].Text = "settling: not true before 15 s"
		}
	})
}

func openMLX90640(b i2c.Bus, addr uint16) (func(*Line) error, func() error, error) {
	d, err := mlx90640.New(b, addr, nil)
	if err != nil {
		return nil, nil, err
	}
	var f mlx90640.Frame
	return func(l *Line) error {
		err := d.Sense(&f)
		if l.Overrun = f.Overrun; err != nil || !f.Fresh {
			return err
		}
		picture(l, f.PixelC[:], mlx90640.Width, f.ChipC)
		return nil
	}, d.Halt, nil
}

func openMLX90614(b i2c.Bus, addr uint16) (func(*Line) error, func() error, error) {
	d, err := mlx90614.New(b, addr, &mlx90614.Opts{Chip: mlx90614.ChipAt(addr)})
	return spot(d, err, seldom, func(l *Line, f *mlx90614.Frame) {
		l.Samples = 1
		l.Readings = append(l.Readings,
			Reading{Metric: "skin_temperature", Value: f.ObjectC, Text: "of the surface in sight: no body temperature"},
			Reading{Metric: "sensor_temperature", Value: f.AmbientC})
	})
}
