using System.Diagnostics;
using System.Text;
using WasmChord.Bench.Figures;
using WasmChord.Memory64;

namespace WasmChord.Bench.Guests;

/// <summary>What one call costs, in nanoseconds: a guest's loops around host functions, and the host's loop around a guest's.</summary>
internal static class CallCosts
{
    private const int Calls = 2_000_000, HostCalls = 200_000;

    private const string Module = """
        (module
          (import "env" "memory64_is_enabled" (func $enabled (result i32)))
          (import "env" "memory64_stats" (func $stats (result i64)))
          (import "wasmchord" "softmax" (func $softmax (param i32 i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "nothing") (param i32) (result i32) (local.get 0))
          (func (export "empty") (param $n i32)
            (loop $l (local.set $n (i32.sub (local.get $n) (i32.const 1))) (br_if $l (local.get $n))))
          (func (export "enabled") (param $n i32)
            (loop $l (drop (call $enabled)) (local.set $n (i32.sub (local.get $n) (i32.const 1))) (br_if $l (local.get $n))))
          (func (export "stats") (param $n i32)
            (loop $l (drop (call $stats)) (local.set $n (i32.sub (local.get $n) (i32.const 1))) (br_if $l (local.get $n))))
          (func (export "checked") (param $n i32)
            (loop $l (drop (call $softmax (i32.const 64) (i32.const 0))) (local.set $n (i32.sub (local.get $n) (i32.const 1))) (br_if $l (local.get $n)))))
        """;

    /// <summary>Measures, and prints a table.</summary>
    public static void Measure(int rounds, TextWriter output)
    {
        MarkdownTable table = new("a call, in ns", "plain", "metered");
        Dictionary<string, List<double>[]> all = [];
        for (int metered = 0; metered < 2; metered++)
        {
            using GuestEngine engine = new(isMetered: metered == 1);
            GuestModule module = engine.Compile(GuestEngine.BinaryOf(Encoding.UTF8.GetBytes(Module)), new GuestLimits());
            using Guest guest = new(engine, module, null, new GuestLimits());
            for (int round = 0; round <= rounds; round++)
            {
                foreach ((string function, string name) in new[]
                    { ("enabled", "guest to host: memory64_is_enabled"), ("stats", "guest to host: memory64_stats"), ("checked", "guest to host, with a checked pointer") })
                {
                    double empty = Time(() => guest.Invoke("empty", Calls)), full = Time(() => guest.Invoke(function, Calls));
                    if (round > 0) Values(name)[metered].Add((full - empty) / Calls * 1e9);
                }

                double host = Time(() =>
                {
                    for (int i = 0; i < HostCalls; i++) guest.Invoke("nothing", i);
                });
                if (round > 0) Values("host to guest: Guest.Invoke")[metered].Add(host / HostCalls * 1e9);
            }
        }

        foreach ((string name, List<double>[] values) in all) table.Add(name, new Series(values[0]).ToString("0"), new Series(values[1]).ToString("0"));
        output.WriteLine(table);

        List<double>[] Values(string name) => all.TryGetValue(name, out List<double>[]? known) ? known : all[name] = [[], []];
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
