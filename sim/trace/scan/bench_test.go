package scan

import "testing"

func BenchmarkDecimal(b *testing.B) {
	for name, text := range map[string]string{"short": "12.345678", "whole": "51234", "long": "1234567.1234567890123456789", "exponent": "1.5e3"} {
		b.Run(name, func(b *testing.B) {
			data := []byte(text)
			for b.Loop() {
				if _, fault := Decimal(data, 6); fault != Fine {
					b.Fatal(fault)
				}
			}
		})
	}
}
