using System.Globalization;
using Akka.Actor;
using WasmChord.Actors;
using WasmChord.Bench.Models;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Examples.Tests;

/// <summary>
/// Guests read in place what no 32-bit address reaches, of files that are mostly holes: the 7B shape above 4 GiB and the
/// 70B shape above 32 GiB, each under a budget of 1 GiB, against plain reads of the file.
/// </summary>
public sealed class GuestLargeModelTests : IDisposable
{
    private const long Budget = 1L << 30;

    // What a sparse file has of each tensor: its first page, and norms in full.
    private const int WrittenBytes = 4096;

    /// <summary>Where a layer lies, and the order-sensitive hash of bytes of one of its tensors.</summary>
    private static readonly byte[] s_reader = """
        (module
          (import "wasmchord" "weights" (memory $weights i64 0))
          (import "wasmchord" "layer_acquire" (func $acquire (param i32 i32) (result i64)))
          (import "wasmchord" "layer_tensor" (func $tensor (param i32 i32 i32 i32) (result i32)))
          (memory $own (export "memory") 1)
          (data (memory $own) (i32.const 0) "ffn_up.weightoutput.weight")
          (func (export "address") (param $layer i32) (result i64) (call $acquire (local.get $layer) (i32.const -1)))
          (func (export "hash") (param $layer i32) (param $from i64) (param $count i64) (result i64)
            (local $at i64) (local $end i64) (local $hash i64)
            (if (i64.lt_s (call $acquire (local.get $layer) (i32.const -1)) (i64.const 0)) (then (unreachable)))
            (if (call $tensor (local.get $layer)
                (select (i32.const 13) (i32.const 0) (i32.lt_s (local.get $layer) (i32.const 0))) (i32.const 13) (i32.const 64))
              (then (unreachable)))
            (local.set $at (i64.add (i64.load $own (i32.const 64)) (local.get $from)))
            (local.set $end (i64.add (local.get $at) (local.get $count)))
            (loop $next
              (local.set $hash (i64.add (i64.mul (local.get $hash) (i64.const 31)) (i64.load8_u $weights (local.get $at))))
              (local.set $at (i64.add (local.get $at) (i64.const 1)))
              (br_if $next (i64.lt_u (local.get $at) (local.get $end))))
            (local.get $hash)))
        """u8.ToArray();

    private readonly ActorSystem _system = ActorSystem.Create("guests", "akka.loglevel = WARNING, wasmchord.node-budget = 1GiB");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("guests");

    public void Dispose()
    {
        _system.Dispose();
        _folder.Delete(recursive: true);
    }

    [SkippableTheory]
    [InlineData("llama-2-7b", "Q8_0", 31, 4L << 30)]
    [InlineData("llama-2-70b", "Q4_K_M", 79, 32L << 30)]
    public async Task Checksum_AboveWhat32BitsReach_IsThatOfTheFile(string shape, string types, int last, long above)
    {
        Skip.IfNot(MappedImage.IsSupported, "guests can share an image on Linux only");
        string path = Path.Combine(_folder.FullName, "model.gguf");
        Assert.True(ModelShapes.TryGet(shape, out ModelShape? dimensions));
        await SyntheticModel.WriteSparseAsync(dimensions, TypeMix.Parse(types), 7, path);
        using GgufModel file = await GgufModel.OpenAsync(path);
        await using StreamedModel model = await WasmChordExtension.Get(_system).OpenModelAsync(path, new ModelOptions
        {
            Budget = BudgetSpec.Parse("1GiB"),
            Regions = RegionLayoutKind.Single,
        });
        Assert.Equal(Budget, model.Description.BudgetBytes);
        byte[] checksum = await File.ReadAllBytesAsync(BuiltGuest.PathOf("checksum/checksum.wasm"));
        foreach ((int number, LayerId layer, string name) in new[] { (last, LayerId.Block(last), $"blk.{last}.ffn_up.weight"), (-2, LayerId.Head, "output.weight") })
        {
            Assert.InRange(await RunAsync(model, s_reader, "address", number), above + 1, long.MaxValue);
            TensorInfo[] tensors = [.. file.Tensors.Where(t => file.Manifest.LayerOf(t.Name) == layer)];
            long sum = tensors.Sum(t => SumOf(path, t));
            Assert.NotEqual(0, sum);
            Assert.Equal(sum, await RunAsync(model, checksum, "sum_layer", number));

            // A sum does not tell one order from another, nor a page from the same page elsewhere.
            TensorInfo tensor = tensors.Single(t => t.Name == name);
            Assert.Equal(HashOf(path, tensor, 0, 2 * WrittenBytes), await RunAsync(model, s_reader, "hash", number, 0, 2 * WrittenBytes));
            Assert.Equal(HashOf(path, tensor, WrittenBytes / 2, 1001), await RunAsync(model, s_reader, "hash", number, WrittenBytes / 2, 1001));
            Assert.NotEqual(0, HashOf(path, tensor, WrittenBytes / 2, 1001));
            Assert.Equal(0, await RunAsync(model, s_reader, "hash", number, tensor.ByteLength - 1001, 1001));
        }

        CacheStatistics cache = (await model.GetStatisticsAsync()).Cache;
        Assert.InRange(cache.PeakBytes, 1, Budget);
        Assert.InRange((await model.GetRegionStatusAsync()).HeldBytes, 1, Budget);
        Assert.InRange(_folder.EnumerateFiles().Sum(f => f.Length), above, long.MaxValue);
    }

    private static async Task<long> RunAsync(StreamedModel model, byte[] module, string function, params long[] arguments)
    {
        GuestResult result = await model.RunGuestAsync(module, new GuestOptions
        {
            Invoke = function,
            Arguments = [.. arguments.Select(a => a.ToString(CultureInfo.InvariantCulture))],
            Limits = new GuestLimits { WallTime = TimeSpan.FromMinutes(2) },
        });
        Assert.True(result.HasReturned, $"{function}: {result.End}, {result.Text}");
        return Assert.Single(result.Values).AsInt64();
    }

    private static long SumOf(string path, TensorInfo tensor)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
        byte[] buffer = new byte[4 << 20];
        long sum = 0;
        for (long at = 0; at < tensor.ByteLength;)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, tensor.ByteLength - at));
            int read = RandomAccess.Read(file, part, tensor.FileOffset + at);
            Assert.NotEqual(0, read);
            at += read;
            part = part[..read];
            // Holes are most of it.
            if (!part.ContainsAnyExcept((byte)0)) continue;
            foreach (byte b in part) sum += b;
        }

        return sum;
    }

    private static long HashOf(string path, TensorInfo tensor, long from, int count)
    {
        using FileStream file = File.OpenRead(path);
        file.Position = tensor.FileOffset + from;
        byte[] bytes = new byte[count];
        file.ReadExactly(bytes);
        long hash = 0;
        foreach (byte b in bytes) hash = unchecked(hash * 31 + b);
        return hash;
    }
}
