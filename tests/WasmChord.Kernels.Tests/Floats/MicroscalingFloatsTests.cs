namespace WasmChord.Kernels.Tests.Floats;

public class MicroscalingFloatsTests
{
    [Fact]
    public void HalfOfE8M0_EveryCode_IsAPowerOfTwo()
    {
        for (int code = 0; code <= 255; code++)
            Assert.Equal(Math.ScaleB(1.0, code - 128), MicroscalingFloats.HalfOfE8M0((byte)code));
    }

    [Fact]
    public void HalfOfUE4M3_EveryCode_IsHalfOfTheNumber()
    {
        for (int code = 0; code < 127; code++)
        {
            int exponent = code / 8, fraction = code % 8;
            double value = exponent == 0
                ? fraction / 8.0 * Math.Pow(2, -6)
                : (1 + fraction / 8.0) * Math.Pow(2, exponent - 7);
            Assert.Equal(value / 2, MicroscalingFloats.HalfOfUE4M3((byte)code));
        }

        Assert.Equal(0f, MicroscalingFloats.HalfOfUE4M3(127));
        Assert.Equal(MicroscalingFloats.HalfOfUE4M3(0x38), MicroscalingFloats.HalfOfUE4M3(0xB8));
    }

    [Fact]
    public void DoubledE2M1_EveryCode_IsTwiceTheNumber()
    {
        for (int code = 0; code < 16; code++)
        {
            int exponent = (code >> 1) & 3, fraction = code & 1;
            double value = exponent == 0 ? fraction * 0.5 : (1 + fraction * 0.5) * Math.Pow(2, exponent - 1);
            Assert.Equal((code >= 8 ? -2 : 2) * value, MicroscalingFloats.DoubledE2M1[code]);
        }
    }
}
