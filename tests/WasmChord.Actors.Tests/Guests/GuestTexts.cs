using System.Text;
using WasmChord.Gguf;

namespace WasmChord.Actors.Tests;

/// <summary>Guests in text, and what the host makes of the same weights.</summary>
internal static class GuestTexts
{
    private const string Imports = """
        (import "wasmchord" "weights" (memory $w i64 0))
        (import "wasmchord" "layer_count" (func $count (result i32)))
        (import "wasmchord" "layer_acquire" (func $acquire (param i32 i32) (result i64)))
        (import "wasmchord" "layer_release" (func $release (param i32) (result i32)))
        (import "wasmchord" "layer_tensor_at" (func $tensor_at (param i32 i32 i32) (result i32)))
        (import "env" "memory64_read" (func $read (param i64 i32 i32) (result i32)))
        (import "env" "memory64_stats_ex" (func $stats (param i32 i32) (result i32)))
        (memory $m (export "memory") 1)
        """;

    /// <summary>Reads every tensor of every layer in place, a layer at a time.</summary>
    public static byte[] Sum { get; } = Guest("""
        (func $layer (param $n i32) (param $s i64) (result i64) (local $t i32) (local $p i64) (local $e i64)
          (if (i64.lt_s (call $acquire (local.get $n) (i32.const -1)) (i64.const 0)) (then (unreachable)))
          (block $done (loop $next
            (br_if $done (i32.lt_s (call $tensor_at (local.get $n) (local.get $t) (i32.const 0)) (i32.const 0)))
            (local.set $p (i64.load $m (i32.const 0)))
            (local.set $e (i64.add (local.get $p) (i64.load $m (i32.const 8))))
            (block $end (loop $byte
              (br_if $end (i64.ge_u (local.get $p) (local.get $e)))
              (local.set $s (i64.add (i64.mul (local.get $s) (i64.const 31)) (i64.load8_u $w (local.get $p))))
              (local.set $p (i64.add (local.get $p) (i64.const 1)))
              (br $byte)))
            (local.set $t (i32.add (local.get $t) (i32.const 1)))
            (br $next)))
          (drop (call $release (local.get $n)))
          (local.get $s))
        (func (export "run") (result i64) (local $n i32) (local $s i64)
          (local.set $s (call $layer (i32.const -1) (i64.const 0)))
          (block $done (loop $next
            (br_if $done (i32.ge_s (local.get $n) (call $count)))
            (local.set $s (call $layer (local.get $n) (local.get $s)))
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br $next)))
          (call $layer (i32.const -2) (local.get $s)))
        """);

    /// <summary>Calls for one thing, and loops without end that hold a layer; "keep" uses block 3 for a moment once it has it.</summary>
    public static byte[] Calls { get; } = Guest("""
        (func (export "acquire") (param i32 i32) (result i64) (call $acquire (local.get 0) (local.get 1)))
        (func (export "twice") (param $a i32) (param $b i32) (result i64) (local $first i64)
          (local.set $first (call $acquire (local.get $a) (i32.const -1)))
          (if (i64.lt_s (local.get $first) (i64.const 0)) (then (return (local.get $first))))
          (call $acquire (local.get $b) (i32.const -1)))
        (func (export "hold") (param i32) (drop (call $acquire (local.get 0) (i32.const -1))) (loop $forever (br $forever)))
        (func (export "keep") (param i32)
          (drop (call $acquire (local.get 0) (i32.const -1)))
          (drop (call $acquire (i32.const 3) (i32.const -1)))
          (drop (call $release (i32.const 3)))
          (loop $forever (br $forever)))
        (func (export "spin") (loop $forever (br $forever)))
        (func (export "read") (param i64) (result i32) (call $read (local.get 0) (i32.const 0) (i32.const 100)))
        (func (export "stats") (result i64) (drop (call $stats (i32.const 0) (i32.const 56))) (i64.load $m (i32.const 40)))
        (func (export "trap") (drop (call $acquire (i32.const 0) (i32.const -1))) (unreachable))
        (func (export "add") (param i32 i64 f32 f64) (result f64)
          (f64.add (f64.add (f64.convert_i32_s (local.get 0)) (f64.convert_i64_s (local.get 1))) (f64.add (f64.promote_f32 (local.get 2)) (local.get 3))))
        """);

    /// <summary>What <see cref="Sum"/> must return for a file.</summary>
    public static long Expected(StreamedModel model, byte[] file)
    {
        long sum = 0;
        foreach (ModelLayer layer in new LayerManifest(model.Description.Tensors).Layers)
            foreach (TensorInfo tensor in layer.Tensors)
                for (long i = 0; i < tensor.ByteLength; i++) sum = unchecked(sum * 31 + file[tensor.FileOffset + i]);
        return sum;
    }

    public static GuestOptions Call(string function, params string[] arguments) => new() { Invoke = function, Arguments = arguments };

    private static byte[] Guest(string functions) => Encoding.UTF8.GetBytes($"(module {Imports} {functions})");
}
