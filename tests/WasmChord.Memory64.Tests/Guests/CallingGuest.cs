using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace WasmChord.Memory64.Tests.Guests;

/// <summary>A guest that calls whatever host function it is told to, with memory that the test can look into.</summary>
internal sealed class CallingGuest : IDisposable
{
    public const string Own = """(memory $own (export "memory") 64)""";
    public const string OwnAndWeights = """(import "wasmchord" "weights" (memory $weights i64 0)) """ + Own;
    public const string WeightsAsMemory = """(import "wasmchord" "weights" (memory $weights i64 0)) (export "memory" (memory $weights))""";

    private const string Peek = """
        (func (export "peek") (param i32) (result i64) (i64.load $own (local.get 0)))
        (func (export "poke") (param i32 i64) (i64.store $own (local.get 0) (local.get 1)))
        (func (export "pages") (result i32) (memory.size $own))
        """;

    private const string InPlace = """
        (func (export "at") (param i64) (result i64) (i64.load $weights (local.get 0)))
        (func (export "sum") (param $from i64) (param $to i64) (result i64) (local $sum i64)
          (block $done (loop $next
            (br_if $done (i64.ge_u (local.get $from) (local.get $to)))
            (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 31)) (i64.load8_u $weights (local.get $from))))
            (local.set $from (i64.add (local.get $from) (i64.const 1)))
            (br $next)))
          (local.get $sum))
        """;

    private static readonly Lazy<GuestEngine> s_plain = new(() => new GuestEngine());
    private static readonly Lazy<GuestEngine> s_metered = new(() => new GuestEngine(isMetered: true));

    private CallingGuest(Guest guest) => Guest = guest;

    /// <summary>Engines that all tests share.</summary>
    public static GuestEngine Plain => s_plain.Value;

    public static GuestEngine Metered => s_metered.Value;

    public Guest Guest { get; }

    /// <summary>A guest that can call every function of the interface.</summary>
    /// <param name="weights">Its model.</param>
    /// <param name="memory">Its memories, in text.</param>
    /// <param name="more">Further fields of the module, in text.</param>
    /// <param name="limits">What it may use.</param>
    public static CallingGuest Create(IGuestWeights? weights, string memory = OwnAndWeights, string more = "", GuestLimits? limits = null)
    {
        StringBuilder text = new("(module ");
        foreach (GuestInterface.HostFunction f in GuestInterface.Functions) text.AppendLine(f.Import);
        text.AppendLine(memory);
        foreach (GuestInterface.HostFunction f in GuestInterface.Functions) text.AppendLine(f.Wrapper);
        if (memory.Contains("$own", StringComparison.Ordinal)) text.AppendLine(Peek);
        if (memory == OwnAndWeights) text.AppendLine(InPlace);
        return From(text.Append(more).Append(')').ToString(), weights, limits);
    }

    /// <summary>A guest of a text of one's own.</summary>
    public static CallingGuest From(string text, IGuestWeights? weights = null, GuestLimits? limits = null)
    {
        limits ??= new GuestLimits();
        GuestEngine engine = limits.Fuel is null ? Plain : Metered;
        return new CallingGuest(new Guest(engine, Compile(text, engine, limits), weights, limits));
    }

    public static GuestModule Compile(string text, GuestEngine? engine = null, GuestLimits? limits = null) =>
        (engine ?? Plain).Compile(GuestEngine.BinaryOf(Encoding.UTF8.GetBytes(text)), limits ?? new GuestLimits());

    /// <summary>Calls an export, which must return one integer.</summary>
    public long Call(string function, params ReadOnlySpan<GuestValue> arguments)
    {
        GuestResult result = Guest.Invoke(function, arguments);
        Assert.True(result.HasReturned, $"{function}: {result.End}, {result.Text}");
        return result.Values.Count == 0 ? 0 : result.Values[0].AsInt64();
    }

    /// <summary>The same, for an export that returns a code.</summary>
    public GuestCode CodeOf(string function, params ReadOnlySpan<GuestValue> arguments) => (GuestCode)Call(function, arguments);

    /// <summary>Bytes of the guest's memory.</summary>
    public byte[] Bytes(int pointer, int count)
    {
        byte[] bytes = new byte[(count + 7) / 8 * 8];
        for (int i = 0; i < bytes.Length; i += 8) BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i), Call("peek", pointer + i));
        return bytes[..count];
    }

    public float[] Floats(int pointer, int count) => MemoryMarshal.Cast<byte, float>(Bytes(pointer, count * sizeof(float))).ToArray();

    /// <summary>Writes into the guest's memory; up to seven bytes behind become zero.</summary>
    public void Write(int pointer, ReadOnlySpan<byte> bytes)
    {
        byte[] padded = new byte[(bytes.Length + 7) / 8 * 8];
        bytes.CopyTo(padded);
        for (int i = 0; i < padded.Length; i += 8) Call("poke", pointer + i, BinaryPrimitives.ReadInt64LittleEndian(padded.AsSpan(i)));
    }

    public void Write(int pointer, ReadOnlySpan<float> values) => Write(pointer, MemoryMarshal.AsBytes(values));

    public int Write(int pointer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Write(pointer, bytes);
        return bytes.Length;
    }

    public void Dispose() => Guest.Dispose();
}
