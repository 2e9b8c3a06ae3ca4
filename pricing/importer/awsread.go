package importer

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// offer is one price of an AWS price list.
type offer struct {
	sku, usage, service, model, region string
	unit, about, from, usd             string
}

// attributes are those of a product's attributes that matter here.
type attributes struct {
	Servicename string `json:"servicename"`
	Model       string `json:"model"`
	TitanModel  string `json:"titanModel"`
	Usagetype   string `json:"usagetype"`
	RegionCode  string `json:"regionCode"`
}

func (a attributes) offer(sku string) offer {
	o := offer{sku: sku, usage: a.Usagetype, service: a.Servicename, model: a.Model, region: a.RegionCode}
	if o.model == "" {
		o.model = a.TitanModel
	}
	return o
}

type term struct {
	PriceDimensions map[string]struct {
		Unit         string            `json:"unit"`
		Description  string            `json:"description"`
		BeginRange   string            `json:"beginRange"`
		PricePerUnit map[string]string `json:"pricePerUnit"`
	} `json:"priceDimensions"`
}

// prices lists a product's prices in dollars, in a fixed order.
func (o offer) prices(terms map[string]term) []offer {
	var out []offer
	for _, key := range sorted(terms) {
		dims := terms[key].PriceDimensions
		for _, d := range sorted(dims) {
			p := o
			p.unit, p.about, p.from, p.usd = dims[d].Unit, dims[d].Description, dims[d].BeginRange, dims[d].PricePerUnit["USD"]
			out = append(out, p)
		}
	}
	return out
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// list is a price list on its way through: what was read of it so far.
type list struct {
	published string // publicationDate, RFC 3339
	products  map[string]offer
	emit      func(offer)
	seen      int // products and price rows
}

// readList streams a bulk file (JSON or CSV) or an answer of GetProducts and
// hands each on-demand price to emit. It holds the products' names, never the
// file.
func readList(name string, r io.Reader, emit func(offer)) (*list, error) {
	l := &list{products: map[string]offer{}, emit: emit}
	br := bufio.NewReaderSize(r, 1<<16)
	head, _ := br.Peek(512)
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	if len(head) == 0 {
		return nil, fmt.Errorf("%s: empty", name)
	}
	if bytes.HasPrefix(head, []byte("{")) {
		return l, located(name, l.json(json.NewDecoder(skipBOM(br))))
	}
	return l, located(name, l.csv(skipBOM(br)))
}

func skipBOM(br *bufio.Reader) *bufio.Reader {
	if b, _ := br.Peek(3); string(b) == "\ufeff" {
		_, _ = br.Discard(3)
	}
	return br
}

// located names the file, and where in it, in an error.
func located(name string, err error) error {
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	var row *csv.ParseError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		return fmt.Errorf("%s: byte %d: %w", name, syntax.Offset, err)
	case errors.As(err, &shape):
		return fmt.Errorf("%s: byte %d: %s is a %s, want %s", name, shape.Offset, shape.Field, shape.Value, shape.Type)
	case errors.As(err, &row):
		return fmt.Errorf("%s:%d:%d: %w", name, row.Line, row.Column, row.Err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s: the file ends in the middle", name)
	}
	return fmt.Errorf("%s: %w", name, err)
}

func (l *list) json(d *json.Decoder) error {
	return members(d, func(key string) error {
		switch key {
		case "publicationDate":
			return d.Decode(&l.published)
		case "products":
			return members(d, func(sku string) error { return l.product(d, sku) })
		case "terms":
			return members(d, func(kind string) error {
				if kind != "OnDemand" {
					return pass(d)
				}
				return members(d, func(sku string) error { return l.terms(d, sku) })
			})
		case "PriceList":
			return l.answers(d)
		}
		return pass(d)
	})
}

func (l *list) product(d *json.Decoder, sku string) error {
	var p struct {
		Attributes attributes `json:"attributes"`
	}
	if err := d.Decode(&p); err != nil {
		return err
	}
	l.seen++
	l.products[sku] = p.Attributes.offer(sku)
	return nil
}

func (l *list) terms(d *json.Decoder, sku string) error {
	terms := map[string]term{}
	if err := d.Decode(&terms); err != nil {
		return err
	}
	o, ok := l.products[sku]
	if !ok {
		o = offer{sku: sku} // a price without its product is reported as not understood
	}
	for _, p := range o.prices(terms) {
		l.emit(p)
	}
	return nil
}

// answers reads the price list of GetProducts: products as texts or objects.
func (l *list) answers(d *json.Decoder) error {
	if err := delimiter(d, '['); err != nil {
		return err
	}
	for d.More() {
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return err
		}
		if raw[0] == '"' {
			var text string
			if err := json.Unmarshal(raw, &text); err != nil {
				return err
			}
			raw = json.RawMessage(text)
		}
		if err := l.answer(raw); err != nil {
			return err
		}
	}
	return delimiter(d, ']')
}

func (l *list) answer(raw json.RawMessage) error {
	var one struct {
		PublicationDate string `json:"publicationDate"`
		Product         struct {
			SKU        string     `json:"sku"`
			Attributes attributes `json:"attributes"`
		} `json:"product"`
		Terms struct{ OnDemand map[string]term } `json:"terms"`
	}
	if err := json.Unmarshal(raw, &one); err != nil {
		return err
	}
	l.seen++
	l.published = max(l.published, one.PublicationDate)
	for _, p := range one.Product.Attributes.offer(one.Product.SKU).prices(one.Terms.OnDemand) {
		l.emit(p)
	}
	return nil
}

// members calls each for every key of the object that comes next.
func members(d *json.Decoder, each func(key string) error) error {
	if err := delimiter(d, '{'); err != nil {
		return err
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		if err := each(t.(string)); err != nil {
			return err
		}
	}
	return delimiter(d, '}')
}

func delimiter(d *json.Decoder, want json.Delim) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	if t != want {
		return fmt.Errorf("byte %d: found %v, want %v", d.InputOffset(), t, want)
	}
	return nil
}

// pass skips one value without holding it.
func pass(d *json.Decoder) error {
	for depth := 0; ; {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

// csv reads the bulk file as CSV: lines of "name, value", then a header, then
// one price a row.
func (l *list) csv(r io.Reader) error {
	reader := csv.NewReader(r)
	reader.FieldsPerRecord, reader.ReuseRecord = -1, true
	column := map[string]int{}
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		switch {
		case len(column) > 0:
			l.csvRow(row, column)
		case strings.EqualFold(strings.TrimPrefix(row[0], "\ufeff"), "SKU"):
			for i, name := range row {
				column[plainHeader(name)] = i
			}
		case len(row) > 1 && strings.EqualFold(row[0], "Publication Date"):
			l.published = row[1]
		}
	}
	if len(column) == 0 {
		return errors.New("neither JSON nor a CSV with a header that begins with SKU")
	}
	return nil
}

func plainHeader(s string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "\ufeff", "").Replace(s))
}

func (l *list) csvRow(row []string, column map[string]int) {
	get := func(name string) string {
		if i, ok := column[name]; ok && i < len(row) {
			return strings.Clone(row[i])
		}
		return ""
	}
	l.seen++
	if t := get("termtype"); t != "" && t != "OnDemand" || get("currency") != "USD" {
		return
	}
	a := attributes{Servicename: get("servicename"), Model: get("model"), TitanModel: get("titanmodel"), Usagetype: get("usagetype"), RegionCode: get("regioncode")}
	o := a.offer(get("sku"))
	o.unit, o.about, o.from, o.usd = get("unit"), get("pricedescription"), get("startingrange"), get("priceperunit")
	l.emit(o)
}
