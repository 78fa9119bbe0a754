namespace WasmChord.Kernels.Tests.Dequantize;

/// <summary>Builds a block field by field where the format places them; knows nothing of the readers.</summary>
internal sealed class BitWriter(int bytes)
{
    public byte[] Bytes { get; } = new byte[bytes];

    /// <summary>Places the lowest <paramref name="width"/> bits of a value at a bit of a byte, crossing none.</summary>
    public void Put(int atByte, int atBit, int width, int value)
    {
        Assert.InRange(atBit + width, 1, 8);
        Bytes[atByte] |= (byte)((value & ((1 << width) - 1)) << atBit);
    }

    /// <summary>Places a half, little-endian.</summary>
    public void PutHalf(int atByte, float value)
    {
        ushort bits = BitConverter.HalfToUInt16Bits((Half)value);
        Bytes[atByte] = (byte)bits;
        Bytes[atByte + 1] = (byte)(bits >> 8);
    }
}
