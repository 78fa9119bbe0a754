using System.Numerics;
using System.Text;
using WasmChord.Gguf.Internal;

namespace WasmChord.Gguf;

/// <summary>
/// Metadata to be written, in the order in which it was added. Keys are distinct, 1 to 65,535 bytes long. Arrays are
/// not copied: they must not change until they are written.
/// </summary>
public sealed class GgufMetadataBuilder
{
    private readonly List<KeyValuePair<string, PendingValue>> _entries = [];
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    internal GgufMetadataBuilder()
    {
    }

    /// <summary>Number of keys.</summary>
    public int Count => _entries.Count;

    /// <summary>What <c>general.alignment</c> says; 32 where it is absent.</summary>
    public int Alignment { get; private set; } = GgufFormat.DefaultAlignment;

    internal IReadOnlyList<KeyValuePair<string, PendingValue>> Entries => _entries;

    /// <summary>True where the key was added.</summary>
    public bool Contains(string key) => _keys.Contains(key);

    /// <summary>Takes a key out; false where it was not there.</summary>
    public bool Remove(string key)
    {
        if (!_keys.Remove(key)) return false;
        _entries.RemoveAll(entry => entry.Key == key);
        if (key == GgufFormat.AlignmentKey) Alignment = GgufFormat.DefaultAlignment;
        return true;
    }

    /// <summary>Adds an 8-bit unsigned number.</summary>
    /// <exception cref="ArgumentException">The key is taken, empty or too long; the same for every other addition.</exception>
    public void Add(string key, byte value) => AddScalar(key, GgufValueType.UInt8, value);

    /// <summary>Adds an 8-bit signed number.</summary>
    public void Add(string key, sbyte value) => AddScalar(key, GgufValueType.Int8, (byte)value);

    /// <summary>Adds a 16-bit unsigned number.</summary>
    public void Add(string key, ushort value) => AddScalar(key, GgufValueType.UInt16, value);

    /// <summary>Adds a 16-bit signed number.</summary>
    public void Add(string key, short value) => AddScalar(key, GgufValueType.Int16, (ushort)value);

    /// <summary>Adds a 32-bit unsigned number. <c>general.alignment</c> must be a power of two up to 2³⁰.</summary>
    public void Add(string key, uint value) => AddScalar(key, GgufValueType.UInt32, value);

    /// <summary>Adds a 32-bit signed number.</summary>
    public void Add(string key, int value) => AddScalar(key, GgufValueType.Int32, (uint)value);

    /// <summary>Adds a 64-bit unsigned number.</summary>
    public void Add(string key, ulong value) => AddScalar(key, GgufValueType.UInt64, value);

    /// <summary>Adds a 64-bit signed number.</summary>
    public void Add(string key, long value) => AddScalar(key, GgufValueType.Int64, (ulong)value);

    /// <summary>Adds a 32-bit float.</summary>
    public void Add(string key, float value) => AddScalar(key, GgufValueType.Float32, BitConverter.SingleToUInt32Bits(value));

    /// <summary>Adds a 64-bit float.</summary>
    public void Add(string key, double value) => AddScalar(key, GgufValueType.Float64, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Adds a boolean.</summary>
    public void Add(string key, bool value) => AddScalar(key, GgufValueType.Boolean, value ? 1u : 0u);

    /// <summary>Adds a string, as UTF-8.</summary>
    public void Add(string key, string value) => Append(key, new PendingString(Encoding.UTF8.GetBytes(value)));

    /// <summary>Adds a string of bytes, UTF-8 or not.</summary>
    public void AddByteString(string key, ReadOnlyMemory<byte> value) => Append(key, new PendingString(value));

    /// <summary>Adds an array of numbers or booleans.</summary>
    /// <exception cref="NotSupportedException">GGUF has no type for <typeparamref name="T"/>.</exception>
    public void AddArray<T>(string key, T[] values) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        Append(key, new PendingNumbers<T>(TypeOf<T>(), values));
    }

    /// <summary>Adds an array of strings, as UTF-8.</summary>
    public void AddArray(string key, IReadOnlyList<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Append(key, new PendingStrings(values));
    }

    /// <summary>Adds an array of strings of bytes, UTF-8 or not.</summary>
    public void AddArray(string key, IReadOnlyList<ReadOnlyMemory<byte>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Append(key, new PendingByteStrings(values));
    }

    /// <summary>
    /// Adds an entry of an open file. Its bytes are copied when the new file is written, until when the entry's file must
    /// stay open; they are not materialised.
    /// </summary>
    public void AddCopy(GgufMetadataEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Key == GgufFormat.AlignmentKey && entry.TryGetInt64(out long alignment)) Add(entry.Key, (uint)alignment);
        else Append(entry.Key, new CopiedValue(entry));
    }

    /// <summary>Adds every entry of an open file that <paramref name="include"/> takes.</summary>
    public void AddCopies(GgufMetadata metadata, Func<GgufMetadataEntry, bool>? include = null)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        foreach (GgufMetadataEntry entry in metadata)
            if (include is null || include(entry)) AddCopy(entry);
    }

    internal void AddPending(KeyValuePair<string, PendingValue> entry, int alignment)
    {
        Append(entry.Key, entry.Value);
        if (entry.Key == GgufFormat.AlignmentKey) Alignment = alignment;
    }

    private void AddScalar(string key, GgufValueType type, ulong bits)
    {
        if (key == GgufFormat.AlignmentKey)
        {
            if (type != GgufValueType.UInt32 || bits > 1 << 30 || !BitOperations.IsPow2(bits))
                throw new ArgumentException($"the alignment must be a 32-bit unsigned power of two up to {1 << 30}, not {type} {bits}");
            CheckKey(key);
            Alignment = (int)bits;
        }
        Append(key, new PendingScalar(type, bits));
    }

    private void Append(string key, PendingValue value)
    {
        CheckKey(key);
        if (key == GgufFormat.AlignmentKey && value.Type != GgufValueType.UInt32)
            throw new ArgumentException($"{GgufFormat.AlignmentKey} must be a 32-bit unsigned number", nameof(key));
        _keys.Add(key);
        _entries.Add(new(key, value));
    }

    private void CheckKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        int bytes = Encoding.UTF8.GetByteCount(key);
        if (bytes > GgufFormat.MaxKeyBytes)
            throw new ArgumentException($"the key takes {bytes} bytes; the limit is {GgufFormat.MaxKeyBytes}", nameof(key));
        if (_keys.Contains(key)) throw new ArgumentException($"the key '{key}' is already there", nameof(key));
    }

    private static GgufValueType TypeOf<T>() => Type.GetTypeCode(typeof(T)) switch
    {
        _ when typeof(T).IsEnum => throw new NotSupportedException($"GGUF has no type for {typeof(T).Name}"),
        TypeCode.Byte => GgufValueType.UInt8,
        TypeCode.SByte => GgufValueType.Int8,
        TypeCode.UInt16 => GgufValueType.UInt16,
        TypeCode.Int16 => GgufValueType.Int16,
        TypeCode.UInt32 => GgufValueType.UInt32,
        TypeCode.Int32 => GgufValueType.Int32,
        TypeCode.UInt64 => GgufValueType.UInt64,
        TypeCode.Int64 => GgufValueType.Int64,
        TypeCode.Single => GgufValueType.Float32,
        TypeCode.Double => GgufValueType.Float64,
        TypeCode.Boolean => GgufValueType.Boolean,
        _ => throw new NotSupportedException($"GGUF has no type for {typeof(T).Name}"),
    };
}
