namespace WasmChord.Kernels;

/// <summary>Four-bit floats with E4M3 scales: see <see cref="BlockNVFP4"/>.</summary>
internal static unsafe partial class NVFP4
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockNVFP4*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 64)
        {
            for (int i = 0; i < 64; i++)
            {
                float d = MicroscalingFloats.HalfOfUE4M3(block->D[i >> 4]);
                int code = (block->Qs[(i >> 4) * 8 + (i & 7)] >> (4 * ((i >> 3) & 1))) & 15;
                destination[i] = MicroscalingFloats.DoubledE2M1[code] * d;
            }
        }
    }
}
