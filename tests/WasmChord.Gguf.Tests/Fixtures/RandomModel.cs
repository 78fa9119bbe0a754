namespace WasmChord.Gguf.Tests;

/// <summary>Random metadata of every kind, and random tensors of every type.</summary>
internal static class RandomModel
{
    public static GgufWriter Create(Random random, bool bigEndian = false, int maxTensors = 12)
    {
        GgufWriter writer = new(bigEndian);
        int keys = random.Next(30), alignmentAt = random.Next(-10, 30);
        for (int i = 0; i < keys; i++)
        {
            if (i == alignmentAt) writer.Metadata.Add("general.alignment", 1u << random.Next(10));
            AddValue(writer.Metadata, $"key.{i}", random);
        }
        int tensors = random.Next(maxTensors + 1);
        for (int i = 0; i < tensors; i++)
        {
            GgmlTypeTraits traits = GgmlTypeTraits.All[random.Next(GgmlTypeTraits.All.Count)];
            TensorShape shape = new(random.Next(1, 5), traits.BlockSize * random.Next(1, 4));
            if (shape.DimensionCount > 1) shape = shape with { Ne1 = random.Next(4) };
            if (shape.DimensionCount > 2) shape = shape with { Ne2 = random.Next(1, 3) };
            if (shape.DimensionCount > 3) shape = shape with { Ne3 = random.Next(1, 3) };
            byte[] data = new byte[traits.BytesFor(shape.ValueCount)];
            random.NextBytes(data);
            writer.AddTensor($"blk.{i}.weight", traits.Type, shape, data);
        }
        return writer;
    }

    private static void AddValue(GgufMetadataBuilder metadata, string key, Random random)
    {
        byte[] bytes = new byte[random.Next(40)];
        random.NextBytes(bytes);
        long bits = random.NextInt64(long.MinValue, long.MaxValue);
        switch (random.Next(18))
        {
            case 0: metadata.Add(key, (byte)bits); break;
            case 1: metadata.Add(key, (sbyte)bits); break;
            case 2: metadata.Add(key, (ushort)bits); break;
            case 3: metadata.Add(key, (short)bits); break;
            case 4: metadata.Add(key, (uint)bits); break;
            case 5: metadata.Add(key, (int)bits); break;
            case 6: metadata.Add(key, BitConverter.Int32BitsToSingle((int)bits)); break;
            case 7: metadata.Add(key, (bits & 1) == 0); break;
            case 8: metadata.AddByteString(key, bytes); break;
            case 9: metadata.Add(key, (ulong)bits); break;
            case 10: metadata.Add(key, bits); break;
            case 11: metadata.Add(key, BitConverter.Int64BitsToDouble(bits)); break;
            case 12: metadata.AddArray(key, bytes); break;
            case 13: metadata.AddArray(key, bytes.Select(b => (short)(b * bits)).ToArray()); break;
            case 14: metadata.AddArray(key, bytes.Select(b => b * 0.3).ToArray()); break;
            case 15: metadata.AddArray(key, bytes.Select(b => b < 128).ToArray()); break;
            case 16: metadata.AddArray(key, bytes.Select(b => $"text {b}").ToArray()); break;
            default: metadata.AddArray(key, bytes.Select(b => new ReadOnlyMemory<byte>(bytes, 0, b % (bytes.Length + 1))).ToArray()); break;
        }
    }
}
