package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// WriteResultJSON writes any result in its JSON contract, indented, without
// raw control characters. v is a pointer; a list of it that is nil is written as
// the empty list that it is, and left so.
func WriteResultJSON(w io.Writer, v any) error {
	fillLists(reflect.ValueOf(v))
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("result as JSON: %w", err)
	}
	var out strings.Builder
	for _, r := range b.String() {
		if r != '\n' && control(r) {
			fmt.Fprintf(&out, `\u%04x`, r)
		} else {
			out.WriteRune(r)
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// fillLists sets the nil slices of a result to empty ones, as deep as its
// pointers, structs and slices go; what the contract leaves out where it is
// empty stays as it is.
func fillLists(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fillLists(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if left := strings.Contains(v.Type().Field(i).Tag.Get("json"), "omitempty"); v.Field(i).CanSet() && !(left && v.Field(i).IsZero()) {
				fillLists(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.IsNil() && v.CanSet() && v.Type().Elem().Kind() != reflect.Uint8 {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			fillLists(v.Index(i))
		}
	}
}
