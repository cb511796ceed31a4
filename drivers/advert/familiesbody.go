package advert

// bodyFamilies are worn, or stepped on.
var bodyFamilies = []family{
	{maker: "Polar", model: "H7/H9/H10", company: 0x006B, names: []string{"Polar"}, sizes: []int{3, 4}, more: polar},
	{maker: "XOSS", model: "X2", company: 0xFF04, names: []string{"X2"}, sizes: []int{4},
		fields: []place{percent("battery", 1), le("heart_rate", 3, 1, 1, "/min").unless(0, 0xFF)}},
	{maker: "Huami", model: "Mi Band", company: 0x0157, sizes: []int{24}, more: band},
}

// polar sends its heart rate while nobody is connected: one of the last beats
// and, where there is a fourth byte, a smoother one. In the one example that was
// seen all three bits are set: that the first means a low battery is not proved.
func polar(r *Report, _ *Advert, b []byte) error {
	const lowBattery, contact, measures = 1 << 0, 1 << 1, 1 << 5
	r.state("battery_low", b[0]&lowBattery != 0)
	r.state("skin_contact", b[0]&contact != 0)
	if rate := b[len(b)-1]; rate != 0 && b[0]&contact != 0 && b[0]&measures != 0 {
		r.add("heart_rate", float64(rate), "/min")
	}
	return nil
}

// band is one of Huami's that sends no steps.
func band(r *Report, a *Advert, _ []byte) error {
	r.band(a)
	return nil
}
