package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"os"
	"reflect"
	"strings"
	"time"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	serializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// A body in protobuf, and the JSON that Kubernetes' own decoder and encoder make of it.
type vector struct {
	Name     string `json:"name"`
	Protobuf string `json:"protobuf"`
	JSON     string `json:"json"`
}

// Prints an empty and a full object of every kind (of lists only the empty one), and of some kinds many that differ in a few
// bytes from what an encoder writes. What Kubernetes refuses to read is left out.
func printVectors(s *runtime.Scheme, out io.Writer) {
	f := &filler{rand.New(rand.NewSource(1)), 0}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	print := func(kind schema.GroupVersionKind, name string, object []byte) {
		body := envelope(kind, object)
		if text, err := inJSON(s, kind, body); err == nil {
			name = kind.GroupVersion().String() + " " + kind.Kind + " " + name
			must(encoder.Encode(vector{name, hex.EncodeToString(body), text}))
		} else if !strings.HasPrefix(name, "mutant") {
			fmt.Fprintln(os.Stderr, kind, name, err)
		}
	}
	for _, kind := range bodies(s) {
		fresh := func() reflect.Value { return reflect.New(s.AllKnownTypes()[kind]) }
		print(kind, "empty", marshal(fresh()))
		isList := strings.HasSuffix(kind.Kind, "List") && kind.Kind != "APIResourceList"
		if isList || kind.Group == "extensions" || strings.HasPrefix(kind.GroupVersion().String(), "apps/v1beta") {
			continue // its items have a kind of their own; or it is served no more
		}
		f.nils = 30
		full := fresh()
		f.fill(full.Elem(), 0)
		print(kind, "full", marshal(full))
		if !isMutated[kind.Kind] || kind.Version != "v1" {
			continue
		}
		f.nils = 70
		for i := range 30 {
			sparse := fresh()
			f.fill(sparse.Elem(), 0)
			print(kind, fmt.Sprint("mutant ", i), f.mutate(marshal(sparse), 0))
		}
	}
}

// Kinds that have between them every form a value can have.
var isMutated = map[string]bool{"Pod": true, "Role": true, "Secret": true, "Lease": true, "TokenReview": true,
	"ControllerRevision": true, "CustomResourceDefinition": true, "StatefulSet": true, "ResourceQuota": true,
	"NetworkPolicy": true, "APIResourceList": true, "DeleteOptions": true, "ConfigMap": true}

func marshal(object reflect.Value) []byte {
	data, err := object.Interface().(marshaler).Marshal()
	must(err)
	return data
}

func envelope(kind schema.GroupVersionKind, object []byte) []byte {
	meta := runtime.TypeMeta{APIVersion: kind.GroupVersion().String(), Kind: kind.Kind}
	data, err := (&runtime.Unknown{TypeMeta: meta, Raw: object}).Marshal()
	must(err)
	return append([]byte("k8s\x00"), data...)
}

func inJSON(s *runtime.Scheme, kind schema.GroupVersionKind, body []byte) (string, error) {
	object, _, err := protobuf.NewSerializer(s, s).Decode(body, nil, nil)
	if err != nil {
		return "", err
	}
	object.GetObjectKind().SetGroupVersionKind(kind)
	served(reflect.ValueOf(object).Elem())
	var text bytes.Buffer
	options := serializer.SerializerOptions{}
	if err := serializer.NewSerializerWithOptions(serializer.DefaultMetaFactory, s, s, options).Encode(object, &text); err != nil {
		return "", err
	}
	// As a member of an audit event: on one line, and escaped.
	data, err := json.Marshal(json.RawMessage(text.Bytes()))
	return string(data), err
}

// Does what the API server does to every object between its protobuf and its JSON.
func served(object reflect.Value) {
	if items := object.FieldByName("Items"); items.IsValid() {
		_, isPartial := object.Interface().(metav1.PartialObjectMetadataList)
		if items.IsNil() && !isPartial {
			items.Set(reflect.MakeSlice(items.Type(), 0, 0))
		}
		for i := range items.Len() {
			served(items.Index(i))
		}
	}
	if spec := object.FieldByName("Spec"); spec.IsValid() && spec.Kind() == reflect.Struct {
		if claims := spec.FieldByName("VolumeClaimTemplates"); claims.IsValid() {
			for i := range claims.Len() {
				meta := metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"}
				claims.Index(i).FieldByName("TypeMeta").Set(reflect.ValueOf(meta))
			}
		}
	}
}

// Fills objects with values at random; of what may be nil, `nils` percent are.
type filler struct {
	*rand.Rand
	nils int
}

func pick[T any](f *filler, values ...T) T { return values[f.Intn(len(values))] }

func (f *filler) fill(v reflect.Value, depth int) {
	switch value := v.Addr().Interface().(type) {
	case *metav1.Time:
		value.Time = f.time()
		return
	case *metav1.MicroTime:
		value.Time = f.time()
		return
	case *resource.Quantity:
		*value = resource.MustParse(pick(f, "0", "1", "100m", "1536Mi", "2e3", "-5", "1n", "12345678901234567890"))
		return
	case *intstr.IntOrString:
		*value = pick(f, intstr.FromInt32(0), intstr.FromInt32(-8080), intstr.FromString(""), intstr.FromString("25%"))
		return
	case *runtime.RawExtension:
		if value.Raw = f.raw(); len(value.Raw) == 0 {
			value.Raw = nil
		}
		return
	case *metav1.FieldsV1:
		value.SetRawBytes(f.raw())
		return
	case *apiextensions.JSON:
		value.Raw = f.raw()
		return
	}
	isNil := f.Intn(100) < f.nils || depth > 10
	switch v.Kind() {
	case reflect.String:
		v.SetString(pick(f, "", "a", "web", "x<y>&z", "ü€😀", "\n\t\"\\\x00\x7f\u2028", "\xffa\xe2\x82", "\xed\xa0\x80"))
	case reflect.Bool:
		v.SetBool(f.Intn(2) == 0)
	case reflect.Int32:
		v.SetInt(pick[int64](f, 0, 1, -1, 1<<31-1, -1<<31))
	case reflect.Int64:
		v.SetInt(pick[int64](f, 0, 1, -1, 1<<40, 1<<63-1, -1<<63))
	case reflect.Float64:
		v.SetFloat(pick(f, 0, 1, -1.5, 0.1, 1e20, 1e21, 1e-6, 1e-7, 5e-324))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type().Field(i).Type.Kind() != reflect.Interface {
				f.fill(v.Field(i), depth+1)
			}
		}
	case reflect.Pointer:
		if !isNil {
			v.Set(reflect.New(v.Type().Elem()))
			f.fill(v.Elem(), depth+1)
		}
	case reflect.Slice:
		for range f.length(isNil) {
			item := reflect.New(v.Type().Elem()).Elem()
			f.fill(item, depth+1)
			v.Set(reflect.Append(v, item))
		}
	case reflect.Map:
		for range f.length(isNil) {
			key, item := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(key, depth+1)
			f.fill(item, depth+1)
			if v.IsNil() {
				v.Set(reflect.MakeMap(v.Type()))
			}
			v.SetMapIndex(key, item)
		}
	case reflect.Uint8:
		v.SetUint(uint64(f.Intn(256)))
	default:
		panic("cannot fill " + v.Type().String())
	}
}

func (f *filler) length(isNil bool) int {
	if isNil {
		return 0
	}
	return 1 + f.Intn(4)/3
}

func (f *filler) time() time.Time {
	return pick(f, time.Time{}, time.Unix(0, 0), time.Unix(-1, 0), time.Unix(1e9, 999_999_999), time.Unix(-62135596799, 0),
		time.Unix(253402300799, 1), time.Unix(253402300800, 0), time.Unix(-1e11, 1000), time.Unix(1709210096, 0))
}

func (f *filler) raw() []byte {
	return []byte(pick(f, "", "null", "12", `"<s>"`, "[1,2]", `{"b":[true,null,"<x>"],"a":{"d":"e"}}`, "{\n \"k\" : \"v\" }"))
}
